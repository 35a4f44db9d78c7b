"""What customers say and staff write, in both languages, with slots to fill (sum).

{place} is the address, {days} a number of days, {hour} an hour of the day, {amount} yuan, {minutes}
a number of minutes. All of it is made up.
"""

# category: (Chinese, English or empty), several per category
MATTERS: dict[str, tuple[tuple[str, str], ...]] = {
    "power-fault-one": (
        ("{place}家里突然没电，邻居家正常，电费已交，空气开关合不上。", "No power at {place} since {hour}:00. The neighbours still have light; the bill is paid."),
        ("{place}一户停电，表箱内有焦糊味，请尽快派人查看。", "Only our flat at {place} is dark and there is a burnt smell from the meter box."),
    ),
    "power-fault-several": (
        ("{place}整个单元都停电了，已经{minutes}分钟，没有收到停电通知。", "Our whole staircase at {place} lost power {minutes} minutes ago. Nobody told us of an outage."),
    ),
    "power-fault-area": (
        ("{place}一带全部停电，路灯也不亮，听到变压器响了一声。", "The whole street around {place} is dark; we heard a bang from the transformer."),
    ),
    "power-fault-low-voltage": (
        ("{place}电压不稳，灯一闪一闪，空调启动不了，晚上{hour}点后最明显。", "Lights flicker at {place} and the air conditioner will not start, worst after {hour}:00."),
    ),
    "power-fault-meter": (
        ("{place}电能表黑屏不显示，担心计量不准。", "The display of the meter at {place} stays black."),
    ),
    "power-fault-danger": (
        ("{place}旁边电线被大风刮落，垂到人行道上，有人经过很危险。", "A wire came down in the wind near {place} and hangs over the pavement."),
    ),
    "power-complaint-frequent": (
        ("{place}这个月已经停电{days}次，每次都说检修，冰箱里的东西都坏了，要求给个说法。", "This is outage number {days} this month at {place}. Each time they say maintenance."),
    ),
    "power-complaint-no-notice": (
        ("{place}昨天停电前没有任何通知，老人在家用制氧机，非常危险。", "Power at {place} was cut without any notice while an oxygen device was in use."),
    ),
    "power-complaint-late-crew": (
        ("{place}报修后说45分钟到，等了{minutes}分钟才来人。", "We were promised a crew within 45 minutes at {place}; they took {minutes}."),
    ),
    "power-complaint-low-voltage": (
        ("{place}长期电压低，夏天空调带不动，反映多次没有解决。", "Voltage at {place} has been low all summer and nothing was done about it."),
    ),
    "power-complaint-reading": (
        ("{place}上月电费比往常多{amount}元，怀疑抄表错误。", "The bill for {place} is {amount} yuan higher than usual; the reading must be wrong."),
    ),
    "power-complaint-charge": (
        ("物业转供电每度加价，{place}商户多交了{amount}元，请核查。", "The landlord adds a surcharge to our power at {place}: {amount} yuan too much."),
    ),
    "power-complaint-connection": (
        ("{place}申请充电桩报装{days}天了没有人联系。", "We applied for a charger at {place} {days} days ago and nobody has called."),
    ),
    "power-complaint-staff": (
        ("抄表员在{place}态度恶劣，问他问题不理睬，还摔门。", "The meter reader at {place} was rude and slammed the door."),
    ),
    "power-complaint-hotline": (
        ("昨晚{hour}点打热线等了{minutes}分钟才接通，接通后又被转来转去。", "I waited {minutes} minutes on the hotline at {hour}:00 and was passed around."),
    ),
    "power-complaint-site": (
        ("{place}电缆施工挖开的路面{days}天没恢复，晚上骑车摔了一跤。", "The road dug up for a cable at {place} was left open for {days} days; I fell with my bicycle."),
    ),
    "power-request-connection": (
        ("{place}申请新装充电桩电表，车位证明已备齐。", "Please connect a charger meter at {place}; all papers are ready."),
    ),
    "power-request-meter-test": (
        ("{place}电表走得快，申请校验。", "The meter at {place} seems to run fast; please test it."),
    ),
    "power-request-reading": (
        ("请核查{place}本月抄表示数，与表上不一致。", "The reading on the bill for {place} differs from the meter. Please check."),
    ),
    "power-request-reconnect": (
        ("{place}欠费停电，现已缴清{amount}元，申请复电。", "{amount} yuan paid for {place}; please reconnect the supply."),
    ),
    "power-request-appliance": (
        ("昨天{hour}点{place}来电时电压突升，电视机和冰箱烧坏，请上门核损。", "A surge at {hour}:00 broke our television and fridge at {place}."),
    ),
    "power-request-refund": (("{place}销户后预存电费{amount}元申请退还。", "Please pay back {amount} yuan prepaid for {place} after closing the account."),),
    "power-enquiry-tariff": (("咨询{place}居民阶梯电价第二档标准和峰谷电办理。", "What is the second price tier at {place}, and how do I get the night tariff?"),),
    "power-enquiry-procedure": (("咨询{place}房屋过户后电表户名变更需要哪些资料。", "Which papers change the name on the account of {place}?"),),
    "power-enquiry-outage": (("咨询{place}周末是否有计划停电。", "Is an outage planned at {place} this weekend?"),),
    "power-lookup-bill": (("查询{place}电费余额和上月用电量。", "Balance and last month's use at {place}, please."),),
    "power-lookup-progress": (("查询{place}报装工单办理进度。", "How far is the connection of {place}?"),),
    "power-opinion-policy": (("认为夏季第三档电价太高，家里人口多不合理。", "The third price tier in summer is unfair to large families."),),
    "power-opinion-facilities": (("{place}配电箱噪音大，希望换个位置。", "The transformer box at {place} hums all night; it should be moved."),),
    "power-suggest-service": (("建议营业厅中午也安排人值班，方便上班族。", "Please keep one counter open at noon for people who work."),),
    "power-suggest-grid": (("建议{place}老旧线路入地，更安全美观。", "The old overhead wires at {place} should go underground."),),
    "power-praise-crew": (("{place}半夜停电，抢修师傅冒雨一个小时修好，非常感谢。", "Your crew restored power at {place} in the rain within an hour. Thank you."),),
    "power-praise-staff": (("营业厅工作人员耐心帮老人办理业务，提出表扬。", "The clerk at the counter helped my mother with great patience."),),
    "power-report-staff": (("举报有工作人员在{place}收费私自接电，不给发票。", "A member of staff took cash for an unmetered connection at {place}."),),
    "power-report-theft": (("举报{place}一楼店铺绕表用电。", "The shop at {place} bypasses its meter."),),
    "power-report-damage": (("举报{place}有人在电缆通道上方打桩。", "Somebody is piling above the cable route at {place}."),),
    "telecom-fault-no-service": (("{place}固定电话无拨号音，已经{days}天。", "No dial tone at {place} for {days} days."),),
    "telecom-fault-noise": (("{place}电话杂音很大，下雨更严重。", "The line at {place} crackles, worse when it rains."),),
    "telecom-fault-broadband": (
        ("{place}宽带断网，光猫亮红灯，孩子要上网课。", "Broadband at {place} is down; the modem shows a red light."),
        ("{place}宽带网速慢，签约千兆测速只有几十兆。", "We pay for a gigabit at {place} and get thirty megabits."),
    ),
    "telecom-fault-mobile": (("{place}地下车库和电梯里手机没有信号。", "No mobile signal in the lift and garage at {place}."),),
    "telecom-fault-cable": (("{place}修路把光缆挖断了，整栋楼断网。", "Road works at {place} cut the fibre; the whole building is offline."),),
    "telecom-fault-terminal": (("{place}机顶盒反复重启，看不了电视。", "The set-top box at {place} keeps restarting."),),
    "telecom-complaint-billing": (("本月话费多扣{amount}元，不知道是什么费用，要求退还。", "I was charged {amount} yuan too much this month and want it back."),),
    "telecom-complaint-unwanted": (("没有同意就给开通了每月{amount}元的增值业务。", "A service for {amount} yuan a month was added without my consent."),),
    "telecom-complaint-contract": (("套餐到期想降档，营业厅说不行，要求按规定办理。", "My contract ended, but the counter refuses a cheaper package."),),
    "telecom-complaint-rude": (("营业厅人员态度差，排队{minutes}分钟还叫我下次再来。", "After {minutes} minutes in the queue the clerk told me to come back another day."),),
    "telecom-complaint-late-visit": (("约好{hour}点上门装宽带，等到晚上也没人来。", "The visit at {place} was agreed for {hour}:00; nobody came."),),
    "telecom-complaint-slow": (("{place}申请宽带{days}天了还没装好。", "We applied for broadband at {place} {days} days ago and still wait."),),
    "telecom-complaint-repeat": (("{place}宽带一个月报修{days}次，每次修好两天又断。", "Broadband at {place} was repaired {days} times this month and fails again."),),
    "telecom-request-install": (("{place}申请安装千兆宽带和电视。", "Please install broadband and television at {place}."),),
    "telecom-request-move": (("搬家到{place}，申请宽带移机。", "We move to {place}; please move our broadband."),),
    "telecom-request-number": (("申请更改手机号码，原号码骚扰电话太多。", "Please change my number; I get too many nuisance calls."),),
    "telecom-request-suspend": (("出国{days}天，申请停机保号。", "Please suspend my number for {days} days while I am abroad."),),
    "telecom-request-resume": (("话费已缴{amount}元，申请复话。", "{amount} yuan paid; please resume my service."),),
    "telecom-request-refund": (("拆机后押金{amount}元申请退还。", "Please refund the deposit of {amount} yuan for the returned modem."),),
    "telecom-enquiry-package": (("咨询老年人套餐资费和办理条件。", "What does the package for seniors cost?"),),
    "telecom-enquiry-coverage": (("咨询{place}是否已覆盖5G。", "Is there 5G at {place}?"),),
    "telecom-enquiry-procedure": (("咨询宽带过户需要带哪些证件。", "Which papers transfer a broadband contract?"),),
    "telecom-lookup-bill": (("查询本月话费和剩余流量。", "This month's bill and remaining data, please."),),
    "telecom-lookup-progress": (("查询{place}装机进度。", "How far is the installation at {place}?"),),
    "telecom-opinion-prices": (("认为新用户优惠老用户不能享受，不公平。", "It is unfair that offers are only for new customers."),),
    "telecom-suggest-service": (("建议装维上门前先短信告知预计时间。", "Please text the expected time before a visit."),),
    "telecom-suggest-network": (("建议{place}公园增加基站。", "The park near {place} needs better coverage."),),
    "telecom-praise-fitter": (("装维师傅周末上门，技术好还把线整理得很整齐，表扬。", "The fitter came on a weekend and left everything tidy."),),
    "telecom-praise-staff": (("10000号客服耐心解答，帮我省了钱，感谢。", "The hotline explained my bill patiently and saved me money."),),
    "telecom-report-staff": (("举报代理点用他人身份证开卡。", "An agent opens numbers with other people's identity cards."),),
    "telecom-report-damage": (("举报{place}有人盗剪通信电缆。", "Somebody cuts telephone cable at {place} to sell it."),),
}  # fmt: skip

# kind: results as the unit reports them
RESULTS: dict[str, tuple[tuple[str, str], ...]] = {
    "FAULT": (
        ("现场检查为进户线接头烧断，已更换并恢复供应，客户确认正常。", "A burnt joint was replaced; supply is back and the customer confirmed it."),
        ("更换故障设备后测试正常，已向客户说明原因。", "The faulty device was replaced and tested; the cause was explained."),
        ("线路故障已排除，现场测试合格，客户签字确认。", "The line fault was cleared and tested on site with the customer."),
    ),
    "COMPLAINT": (
        ("经核实情况属实，已向客户致歉并对责任人批评教育，后续专人跟进。", "The complaint is justified; we apologised and named a person who follows it up."),
        ("已上门核查并向客户解释原因，制定整改计划，客户认可。", "We visited, explained the cause and agreed on a plan."),
        ("核对账务后多收部分已退还客户账户，并说明情况。", "The account was checked and the amount charged in excess returned."),
    ),
    "REPORT": (("已会同有关部门现场核查，按规定处理，结果已回复举报人。", "Checked on site with those concerned and dealt with under the rules; the informant was told."),),
    "OPINION": (("已向客户解释相关政策，意见已转相关部门研究。", "The policy was explained; the concern was passed to the department in charge."),),
    "SUGGEST": (("建议已采纳，列入下季度改进计划并告知客户。", "The suggestion was taken up for the next quarter and the customer told."),),
    "PRAISE": (("已转达至当事员工并在班组通报表扬，感谢客户。", "Passed on to the colleague and thanked the customer."),),
    "REQUEST": (
        ("资料齐全，已按流程办理完毕并告知客户。", "The papers were complete; done and the customer told."),
        ("已上门办理，结果现场告知客户。", "Done on site; the customer was told the result."),
    ),
    "ENQUIRY": (("已电话详细答复客户，并发送办理指引。", "Answered in detail by telephone; guidance sent."),),
    "LOOKUP": (("已查询并告知客户。", "Looked up and told the customer."),),
}  # fmt: skip

ON_THE_SPOT = ("已当场答复客户，客户表示清楚。", "Answered while the customer waited.")
CONTACT = ("已电话联系客户，了解情况并约定处理时间。", "Called the customer and agreed on a time.")
CONTACT_TRIED = ("电话无人接听，稍后再联系。", "No answer; will try again.")
URGES = (
    ("客户再次来电询问进度，希望尽快处理。", "The customer asks again when this will be settled."),
    ("客户催办，表示已等待多日。", "The customer has waited for days and chases it."),
)
REJECTS = (
    ("回单未说明原因及整改措施，请补充后重新提交。", "The cause and the remedy are missing. Add them."),
    ("未见与客户联系记录，请核实后回单。", "No contact with the customer is recorded. Check and report again."),
)
SUPERVISES = ("已超时，请当日内办结并反馈。", "Overdue: settle it today and report back.")
REPORTS_BACK = ("已安排专人处理，原因和措施已记入工单，今日内联系客户。", "A named colleague is on it; cause and measures are on the ticket, the customer hears today.")
FINDS = ("整改到位，客户已答复，同意办结督办。", "Put right and answered; the supervision can end.")
REASSIGNS = ("当值人员外出抢修，改派。", "The colleague on duty is out on another job.")
REOPENS = ("客户再次反映同一问题，重开处理。", "The same problem has come back.")
CANCELS = ("重复登记，作废。", "Entered twice.")
UNTOLD = ("匿名来电，未留联系方式。", "Anonymous; no way to reach them was left.")
GROUNDS = (
    "已两次办理，诉求超出公司职责范围，已书面说明并告知外部申诉渠道。",
    "Handled twice; what is asked lies outside our duties. The outside route was named.",
)
NOT_REACHED = ("客户多次未接听，已发送短信说明处理结果。", "Not reached after several calls.")

CONTENT_WORDS = (
    ("处理很及时，满意。", "Quick and friendly."), ("师傅很专业。", "The crew knew their work."),
    ("可以，谢谢。", ""), ("", ""), ("", ""),
)  # fmt: skip
DISCONTENT_WORDS = (
    ("问题还是存在，没有解决。", "The problem is still there."),
    ("等得太久，态度也一般。", "It took far too long."),
    ("没人跟我解释原因。", "Nobody explained why it happened."),
)

FAMILY_NAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN_NAMES = (
    "伟", "芳", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛",
    "明", "超", "秀兰", "霞", "平", "刚", "桂英", "玉兰", "建华", "志强", "雪梅", "海燕", "文斌",
)  # fmt: skip
FOREIGN_NAMES = (
    "Anna Keller", "Tom Baker", "Maria Rossi", "John Murphy", "Sophie Martin", "Peter Novak",
    "Laura Olsen", "David Clark", "Nina Petrova", "Carlos Diaz", "Grace Lee", "Paul Weber",
)  # fmt: skip
FIRMS = (
    "临江第一人民医院", "临江精密机械厂", "滨江购物中心", "柳林镇自来水站", "临江实验中学",
    "高岭茶叶合作社", "临江冷链物流公司", "开发区污水处理厂", "老城饭店", "Linjiang Harbour Hotel",
    "Riverside Software Park", "临江市数据中心",
)  # fmt: skip

# territory: streets
STREETS: dict[str, tuple[str, ...]] = {
    "lj-riverside": ("滨江路", "望江街", "沿河东路"),
    "lj-oldtown": ("解放街", "鼓楼巷", "文庙路"),
    "lj-west": ("西环路", "桃园街", "建材路"),
    "lj-willow": ("柳林镇中心街", "柳林镇杨树村"),
    "lj-zone": ("创业大道", "科技三路", "港口路"),
    "lj-heights": ("高岭村一组", "高岭村二组"),
}
CARE_NOTES = ("家中有人使用制氧机", "独居老人", "行动不便，请电话预约")
