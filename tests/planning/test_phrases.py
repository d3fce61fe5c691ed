"""Are unlawful phrases found in whatever words they come, and lawful ones left alone?"""

from collections.abc import Callable

import pytest

from yangcai.planning import designations, phrases

FLOORS = """
最低限价 80 万元|本项目设定最低限价为80万元|最低投标限价：80万元|最 低 限 价：80万元|投标限价下限 80 万元
报价下限：80万元
最低限价：80万元；不设最高限价|本项目最低报价为 50 万元|报价不得低于80万元|投标报价不得低于预算金额的80%
投标报价低于预算的70%按无效投标处理|低于最高限价85%的报价为无效报价|成交价不得低于控制价的90%
报价不能低于最高限价的 90%
投标报价须不低于80万元|报价应大于80万元|报价不得少于60万元|投标总价不得低于人民币捌拾万元|投标报价下浮不得超过20%
下浮率不得高于 15%|优惠率不得超过10%|报价区间为80万元至100万元|报价应在80万元至100万元之间
不设最低限价，但报价不得低于80万元
报价低于80万元的无效，供应商应提交说明材料|报价不得低于80万元，并要求其书面说明
"""
FLOORS_EN = """
Floor price: 800,000 yuan|A minimum price of CNY 800,000 applies.|The minimum bid price is 80% of the budget
Minimum acceptable offer: 500000|Bids must not be lower than 800,000 yuan
The offered price shall not be less than the budget
Offers below CNY 800,000 will be rejected
No ceiling is set. The tender price should be at least 80% of the budget
The lowest acceptable price is 800,000|A bid lower than 85% of the ceiling is invalid
There is a price floor of 80%|Bids shall not be less than 900,000|The offer shall be at least CNY 90000, in 5 copies
"""
NO_FLOORS_EN = """
No floor price is set|There is no minimum price|A floor price may not be set
The lowest price is the benchmark of the price score
Award to the lowest evaluated price|Bids must not be lower in quality than the sample
No minimum bid price applies; the ceiling is 1,000,000
Without any minimum price. Delivery within 30 days|The price score must not be less than 30 points
An abnormally low price is examined: below 50% of the average it is explained
The warranty must not be less than 3 years
Offers above the ceiling are invalid|Memory shall be at least 16 GB
Bids shall not be less than 5 copies|The offer shall be valid for no less than 90 days
The offer must be at least 30 pages
Tender security: no less than 2% of the budget shall be paid|The minimum price score is 0
"""
NO_FLOORS = """
本项目不设最低限价|本项目不设定最低限价|采购人不得设定最低限价|没有最低限价|未设最低限价|最低限价：无
不设置任何最低限价|最低限价不设
本项目无最低限价，最高限价为100万元|质保期不得低于3年|报价不得高于最高限价|投标人不得以低于成本的价格竞标|最低评标价法
投标报价明显低于其他投标人的报价，不能证明其报价合理性的，作为无效投标处理|内存不得低于 16G|报价最低的为评标基准价
投标报价低于全部通过符合性审查供应商报价平均值50%的，启动异常低价审查|人员配置不得少于5人
投标报价超过最高限价的，投标无效
投标报价低于最高限价45%的，评标委员会应当要求其书面说明，不能说明的作无效处理
报价不得低于当地最低工资标准|对小微企业报价给予10%-20%的扣除|取得的报价不少于3家|价格分=（评标基准价/投标报价）×30
"""
SIZES = """
注册资本不低于 500 万元|注册资金500万元（含）以上|注册资本金须达500万元|具有500万元以上注册资本
实缴资本不少于100万元|净资产不低于1000万元
年营业额不低于1000万元|销售收入达到2000万元|从业人员不少于50人|员工人数不少于100人|净利润不低于100万元
近三年连续盈利|近三年无亏损
上年度纳税100万元以上|资产总额500万元以上|成立三年以上|成立满三年|公司成立5年以上|企业须为大型企业
"""
NO_SIZES = """
成立不足三年的，提供成立以来的财务报表|具有健全的财务会计制度|投入本项目的从业人员不少于 20 人|项目团队不少于5人
提供中小企业声明函|从业人员、资产总额指标以上年度末数据为依据
"""
MAKERS = """
提供生产厂家针对本项目的授权书|提供制造商授权函|原厂授权|厂家授权书|生产厂商出具的售后服务承诺函|制造商的证明文件
原厂盖章的参数证明
代理商须具有厂家代理资格
"""
NO_MAKERS = """
不要求提供生产厂家授权|提供法定代表人授权书|所投医疗器械具有生产厂家的医疗器械生产许可证|制造商的产品合格证明
要求原厂工程师服务，不接受授权代理商
"""
PLACES = """
供应商注册地须在兰州市|本地企业优先|限本市企业参加|供应商须为兰州市企业|须在本地有固定办公场所|兰州市区域内注册
仅限甘肃省内供应商
外地企业须在本地备案|投标人须为国有企业|民营企业不得参加|必须是有限责任公司|具有兰州市政府采购项目业绩
类似项目业绩单项合同金额不低于500万元
具有金额100万元以上的类似业绩|AAA级信用企业|具有守合同重信用证书|须为本单位入围供应商|纳入采购人名录库
经营范围须包含计算机销售
不限品牌，供应商须为兰州市企业|须在兰州新区设有分支机构，并提供服务承诺书|本项目不以联合体投标，供应商注册地须在兰州市
不要求提供样品，须具有AAA级信用证书|须在兰州新区设有分支机构，中标后派驻三人
"""
NO_PLACES = """
在中华人民共和国境内依法注册的法人或者其他组织|承诺中标后在项目所在地设立服务网点|具有智慧城市类似项目业绩
近三年具有类似项目业绩
中标后，须在兰州新区设有服务机构|中标人应在兰州新区设有服务网点|不得要求供应商在兰州市注册，或在兰州市设有分支机构
不限制供应商所在地|提供所在地税务机关出具的完税证明|在市场监督管理部门登记的营业执照|单位负责人为同一人的不得参加
"""
BRANDS = """
品牌：甲牌|品牌为甲牌|指定品牌|须采用甲牌|推荐品牌：甲、乙、丙|参考品牌甲牌|甲牌或同等品牌
甲品牌或相当于甲品牌|须采用日立牌电梯
品牌要求：甲
国内外知名品牌|国内一线品牌|三大品牌之一|商标为“甲”|品牌（甲、乙、丙任选其一）|限甲、乙、丙三个品牌|指定供应商甲公司
不得指定品牌。参考品牌：甲
"""
NO_BRANDS = """
不得指定品牌；所投产品的品牌由投标人填写|品牌：由投标人填写|品牌、型号：投标人填报|品牌不限
响应文件应写明品牌、规格、型号|品牌：
提供相同品牌产品的按一家计算|在采购人指定位置安装标识牌|采用不锈钢铭牌|须为同一品牌|本科或同等学历
本科或相当于本科学历|采用电子班牌|使用床头牌|制作吊牌
"""

#: Without the word 品牌 (planning/designations.py).
DESIGNATED = """
指定使用华为交换机|采用联想ThinkPad|选用海康威视摄像机|型号为ThinkPad X1|须为新华三或者锐捷设备
交换机必须采用华为S5735
安装奥的斯电梯|配备戴尔工作站 3 台|型号：HUAWEI S5735-L24T4S|提供格兰仕以外的西门子空调控制器
应为爱普生投影机，亮度不低于4000流明
采用联想台式计算机，提供广东软件评测报告
Switches must be Huawei|Use Lenovo ThinkPad notebooks|Model: Dell Latitude 5440|空调采用三菱电机产品，不接受其他产品
"""
NOT_DESIGNATED = """
采用华为或相当于的交换机|不得指定华为设备|现使用华为交换机 3 台，须与之兼容|与采购人现有的联想电脑兼容
目前采用海康威视平台
采用精美的材料|提供上海信息化标准证明|采用得力措施|提供苹果、梨等水果|选用三星级以上酒店|采用不锈钢板|提供小米、面粉
使用 IPv6 协议|采用 H.265 编码|采用DDR4内存|采用 GB/T 28181-2022 标准|使用C30混凝土|采用SUS304不锈钢
配置 RJ45 接口|须为 A4 纸
不采用华为设备|提供华东地区服务|提供同方向的车道|采购人应为松下来的人员安排|例如采用华为|never use Huawei only
系统提供联想搜索功能|检索框应提供智能联想|采用北京瓷砖样式的外墙|应采用合理光照设计|采用最佳能效运行模式
提供广东软件评测中心出具的报告|提供由青海信息产业厅备案的证明|提供珠海信用办的查询结果|采购黄山特色农产品|采用通用电气接口
配备环宇通信设备|采用反思科学的教学方法|提供思科学研究所出具的报告|系统安装在现有华为云平台上
Supply cables for the existing Huawei switches
"""
#: What is shown to whoever reviews, and refused to nobody.
DOUBTFUL = """
采用苹果电脑|选用美的空调|须为三星显示器|采用S5735-L24T4S型交换机|型号为RTX4090|交换机（华为）
与采购人现有的联想电脑兼容
指定使用得力文具|Use Apple computers|使用 WH-1000XM4 耳机
"""
NOT_DOUBTFUL = """
使用 IPv6 协议|采用 H.265 编码|采用DDR4内存|采用 GB/T 28181-2022 标准|使用C30混凝土|采用SUS304不锈钢
配置 RJ45 接口|须为 A4 纸
提供苏打饼干|行为管理系统采购(项目编号:BSZC2020-G1-000218)|检验系统采购YLFCC20204011-F
采用 AES256 加密|配置 HDMI2.0 接口|安装 PPR25 水管|提供ISO9001证书|采用BIM5D技术
使用UTF-8编码|提供 2026 年检测报告
"""


def split(text: str) -> list[str]:
    return [one for line in text.strip().splitlines() for one in line.split("|")]


def designated(text: str) -> bool:
    return any(designations.designated(one) for one in phrases.sentences(text))


def condition(text: str) -> str:
    return phrases.scale(text) or phrases.authorisation(text) or phrases.treated_differently(text)


@pytest.mark.parametrize(
    ("find", "unlawful", "lawful"),
    [
        (phrases.floor_price, FLOORS, NO_FLOORS),
        (phrases.floor_price, FLOORS_EN, NO_FLOORS_EN),
        (phrases.scale, SIZES, NO_SIZES),
        (phrases.authorisation, MAKERS, NO_MAKERS),
        (phrases.treated_differently, PLACES, NO_PLACES),
        (phrases.brand, BRANDS, NO_BRANDS),
        (designated, DESIGNATED, NOT_DESIGNATED),
        (lambda text: [*phrases.doubtful(text)], DOUBTFUL, NOT_DOUBTFUL),
    ],
    ids=["floor", "floor in English", "size", "maker", "place", "brand", "designated", "doubtful"],
)
def test_phrases_are_told_from_what_only_sounds_like_them(
    find: Callable[[str], object], unlawful: str, lawful: str
) -> None:
    assert [text for text in split(unlawful) if not find(text)] == []
    assert [(text, find(text)) for text in split(lawful) if find(text)] == []


def test_what_one_sentence_promises_does_not_excuse_the_next() -> None:
    assert phrases.treated_differently("承诺按期交货。供应商注册地须在兰州市")


def test_a_makers_promise_may_stand_in_a_requirement_that_is_no_condition() -> None:
    assert not phrases.authorisation("提供原厂质保承诺函", is_condition=False)
    assert phrases.authorisation("提供原厂授权书", is_condition=False)


def test_in_the_name_of_a_product_every_mark_is_a_brand() -> None:
    assert phrases.brand("甲牌服务器", is_name=True) and not phrases.brand("标识牌制作", is_name=True)
    assert not phrases.brand("智慧校园电子班牌", is_name=True) and not phrases.brand("科室牌、床头牌", is_name=True)


@pytest.mark.parametrize(
    ("find", "text", "quoted"),
    [
        (phrases.scale, "有能力，公司成立5年以上，有信誉", "公司【成立5年以上】"),
        (phrases.scale, "注册资本不低于 500 万元。", "【注册资本不低于】500万元"),
        (phrases.authorisation, "提供原厂授权书；质保三年", "提供【原厂授权】书"),
        (phrases.floor_price, "不设最高限价，但报价不得低于 80 万元", "但【报价不得低于80万元】"),
        (phrases.brand, "Of 800,000 yuan. 指定使用华为对讲机", "【指定使用华为】对讲机"),
        (phrases.floor_price, "A floor price of 800,000 applies.", "A 【floor price】 of 800,000 applies"),
        (phrases.brand, "质保三年，采用联想ThinkPad，14寸", "【采用联想】ThinkPad"),
        (phrases.brand, "不得指定品牌，参考品牌甲", "【参考品牌】甲"),
        (phrases.treated_differently, "供应商注册地须在兰州市", "供应商【注册地须在兰州市】"),
        (phrases.imported, "显微镜必须为进口产品", "显微镜【必须为进口】产品"),
        (phrases.scale, "很" * 40 + "好的成立满三年" + "的" * 40, f"…{'很' * 22}好的【成立满三年】{'的' * 24}…"),
    ],
)  # fmt: skip
def test_what_is_found_is_quoted_in_its_part_of_the_sentence(
    find: Callable[[str], phrases.Hit], text: str, quoted: str
) -> None:
    assert find(text).quoted == quoted


def test_a_known_brand_in_the_name_of_a_product_is_enough() -> None:
    assert phrases.brand("华为交换机", is_name=True) and not phrases.brand("苹果采购", is_name=True)
    assert not phrases.brand("华为交换机") and [why for why, _ in phrases.doubtful("华为交换机")] == ["known_brand"]


def test_where_none_may_be_stated_a_known_brand_is_enough_unless_it_stands_there_already() -> None:
    for text in ("交换机（华为）20 台", "Lenovo ThinkPad 20", "锐捷路由器一台"):
        assert phrases.brand(text, is_stated=True) and not phrases.brand(text)
    for text in (
        "与采购人现有的华为设备兼容",
        "Compatible with the existing Huawei switches",
        "苹果 20 斤",
        "交换机 20 台",
    ):
        assert not phrases.brand(text, is_stated=True)
