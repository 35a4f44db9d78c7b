"""What is written when a ticket leaves the straight way, in both languages (sum)."""

RETURNS = (
    ("不属于本单位职责范围，建议由相关单位办理。", "Not the duty of this unit; the unit proposed answers for it."),
    ("现场核查后仍属原单位责任设备，退回。", "Checked on site: the equipment is the first unit's."),
)
RULE = ("《首问负责制实施细则》第九条", "First-asked rules, article 9")
RULED = ("按设备产权分界，由该单位主办，不得再退。", "By the ownership boundary this unit leads; it stays there.")
TRANSFERS = ("派单时片区有误，转派。", "Sent to the wrong area; passed on.")
RESTS = (
    ("customer_asked", ("客户出差，约定返程后上门。", "The customer is away and asked for a later day.")),
    ("no_access", ("客户家中无人，无法入户。", "Nobody at home; no access to the meter.")),
    ("parts", ("所需备件已申购，待到货。", "The part is ordered and awaited.")),
)
NO_REST = ("理由不充分，请先与客户另约时间。", "Not reason enough: agree another time with the customer.")
EXTENDS = ("需协调道路开挖许可，原时限内无法完成。", "A permit to open the road is needed first.")
UPDATED = ("已向客户说明进度和新的答复时间。", "Told the customer how it stands and when they hear again.")
HELP = ("请协助核对台区及线路资料，给出书面意见。", "Please check the line records and give your findings in writing.")
HELPED = ("已核对，线路正常，资料已附。", "Checked: the line is sound; records attached.")
FOLLOW_UP = ("一周内回访设备运行情况并告知客户。", "Look at the equipment again within a week and tell the customer.")
KEPT = ("已回访，运行正常，客户知晓。", "Looked again, all well; the customer knows.")
MISSED = ("抢修占用人手，未按约上门，已致歉并改约。", "The crew was held at an outage; apologised and agreed another time.")
PAPERS = (
    ("产权人身份证原件及复印件", "Identity card of the owner, original and copy"),
    ("房屋产权证明或租赁合同", "Proof of ownership or the lease"),
    ("用电申请表（签字）", "Application form, signed"),
)
BODY = ("临江市市政管理处", "Linjiang Municipal Works")
BODY_PERSON = ("值班员 周工", "Mr Zhou, duty desk")
REFERRED = (
    "该设施属市政管理，已联系并由其受理，我们会继续跟进结果。",
    "It belongs to the municipal works, who have taken it over; we stay on it.",
)
REFUSED = ("该址未取得规划许可，暂不具备装表条件", "The site has no planning permission yet")
BASIS = ("《供电营业规则》第十六条", "Supply rules, article 16")
WITHDRAWS = ("客户来电表示问题已自行解决，要求撤诉。", "The customer says it has settled itself and withdraws.")
CONFIRMED = ("回访核实：客户本人确认撤诉，无压力。", "Called: the customer confirms it freely.")
RECLASSIFIES = ("内容为咨询建议，不涉及服务责任。", "It asks and suggests; no service failure is claimed.")
NOTE = ("请举一反三，三日内报整改情况。", "Look for the same elsewhere and report within three days.")
NOTE_DONE = ("已排查同类隐患三处并整改。", "Three like places found and put right.")
DISPUTE = ("故障点在分界开关以上，应由对方负责。", "The fault lies above the boundary switch: theirs.")
DISPUTE_ANSWER = ("分界开关属用户侧，我方无维护责任。", "The switch is on the customer's side; not ours.")
DECISION = ("以产权协议为准，由裁定单位负责并列入巡视。", "By the ownership agreement; it goes on that unit's rounds.")
FINDINGS = {
    "upheld": ("未按承诺时限到场，责任属实。", "The promised time was not kept: upheld."),
    "partly": ("到场及时，但未向客户说明原因。", "In time, but the reason was not explained: partly upheld."),
    "not_upheld": ("记录完整，服务规范，责任不属实。", "Records complete, conduct correct: not upheld."),
}
APPEAL = ("当日暴雨道路中断，属不可抗力，请复核。", "The road was flooded that day; please look again.")
APPEAL_DECIDED = ("已考虑天气因素，但未提前告知客户，维持原认定。", "Weather considered; the customer was not warned. It stands.")
READER = ("协助核查相关档案。", "To check the records concerned.")
SHIFT = ("晚班未了事项，请继续跟进。", "Left open by the late shift; please carry on.")
