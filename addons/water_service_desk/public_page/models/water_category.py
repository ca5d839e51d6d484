import math

from odoo import api, fields, models

from ...knowledge.search_terms import search_terms

#: Everyday words for categories, in Chinese and English, by code.
EVERYDAY = {
    "WQ01": "水发黄 黄水 铁锈 水有颜色 红水 锈水 yellow brown rust",
    "WQ02": "水浑 浑浊 泥沙 沉淀 杂质 cloudy dirty sand",
    "WQ03": "异味 臭 漂白粉 氯味 腥味 smell chlorine taste",
    "WQ04": "发白 牛奶 白水 气泡 white milky",
    "WQ05": "肚子疼 拉肚子 不舒服 生病 呕吐 ill sick stomach",
    "WQ06": "红虫 虫子 worm insect",
    "WQ07": "水箱清洗 二次供水 tank cleaning",
    "WQ08": "水质检测 化验 test water",
    "PR01": "水压低 水小 水流小 没劲 上不去 low pressure weak",
    "PR02": "整栋水压低 高楼 小区水小 low pressure building",
    "PR03": "水压大 水锤 响声 high pressure noise",
    "OT01": "没水 停水 不来水 no water",
    "OT02": "全楼没水 小区停水 no water building",
    "OT03": "大面积停水 no water area",
    "OT04": "没通知 not announced",
    "OT05": "还没来水 超时 late back",
    "OT06": "什么时候来水 停水原因 停水时间 when why",
    "OT07": "送水 水车 透析 婴儿 tanker delivery",
    "LK01": "爆管 喷水 水管爆裂 burst pipe",
    "LK02": "马路冒水 路面积水 漏水 leak street",
    "LK03": "水表漏水 楼道漏水 滴水 leak meter",
    "LK04": "家里漏水 水龙头 马桶 内部漏水 leak home tap",
    "LK05": "消火栓 消防栓 hydrant",
    "LK06": "没修好 又漏 报修没人来 repair again",
    "LK07": "井盖 manhole cover",
    "BL01": "水费高 水费多 用量异常 bill high expensive",
    "BL02": "抄错 估抄 读数 reading estimate",
    "BL03": "阶梯水价 人口 水价 tariff price family",
    "BL04": "退费 没到账 多交 缴费 refund payment",
    "BL05": "发票 电子发票 开票 invoice receipt",
    "BL06": "乱收费 fee charge",
    "BL07": "欠费停水 复水 恢复供水 cut off reconnect",
    "BL08": "低保 困难 减免 poor relief",
    "BL09": "漏水减免 水费减免 leak allowance",
    "MT01": "水表不准 校表 检定 水表快 meter wrong test",
    "MT02": "水表坏 水表不走 冻坏 meter broken frozen",
    "MT03": "换表 meter replaced",
    "MT04": "户表错 表号 meter mixed",
    "NC01": "新装 开户 通水 装水表 new connection",
    "NC02": "移表 增容 分户 move meter larger",
    "NC03": "过户 改名 销户 搬家 transfer close account name",
    "NC04": "装表慢 等太久 slow connection",
    "NC05": "材料 反复跑 跑腿 documents",
    "ST01": "态度差 骂人 不礼貌 rude attitude",
    "ST02": "没人管 推诿 踢皮球 nobody cares",
    "ST03": "爽约 没来 上门 missed visit",
    "ST04": "受贿 红包 好处 bribe",
    "ST05": "隐私 信息泄露 privacy data",
    "ST06": "打不通 占线 busy line",
    "CN01": "施工损坏 围墙 damage works",
    "CN02": "路没修 噪音 施工扰民 noise road",
    "CN03": "挖断 挖破 dug up",
    "SS01": "泵房 水泵 pump",
    "DM01": "水淹 泡水 赔偿 损失 flood damage claim",
    "RP01": "偷水 举报 私接 theft report",
    "SG01": "建议 意见 suggestion idea",
    "PR99": "表扬 感谢 谢谢 锦旗 praise thank",
    "OS01": "物业 别的单位 other body",
    "GN": "其他 咨询 问一下 营业厅 地址 时间 other question",
}
#: Families in which a crew helps; in the others a question or a complaint does.
FAULTS = frozenset({"WQ", "PR", "OT", "LK", "MT", "CN", "SS", "RP"})
#: Matters that a search shows.
SHOWN = 6


class WaterCategory(models.Model):
    """Categories found by everyday words, without knowing the case type."""

    _inherit = "water.category"

    search_words = fields.Char(
        string="Everyday Words",
        help="Further words by which customers look for it, in any language, parted by spaces.",
    )

    @api.model
    def _give_everyday_words(self):
        """Fill empty words once; later choices of the company stay (called by data)."""
        for category in self.with_context(active_test=False).search([("search_words", "=", False)]):
            category.search_words = EVERYDAY.get(category.code)

    def _public_best(self, text):
        """Those of the categories that fit ``text``, best first.

        Rare words count more: "water" fits nearly everything.
        """
        terms = [term.removesuffix(":*") for term in search_terms(text)]
        texts = {category: category._public_haystack() for category in self}
        weights = {
            term: math.log(1 + len(texts) / count)
            for term in terms
            if (count := sum(term in words for words in texts.values()))
        }
        scores = {
            category: sum(weight for term, weight in weights.items() if term in words)
            for category, words in texts.items()
        }
        best = max(scores.values(), default=0)
        good = self.filtered(lambda category: scores[category] > best / 3)
        return good.sorted(lambda category: -scores[category])[:SHOWN]

    def _public_is_fault(self):
        return (self.parent_id or self).code in FAULTS

    def _public_haystack(self):
        names = (self.public_name, self.name, self.search_words)
        return " ".join(name or "" for name in names).lower()
