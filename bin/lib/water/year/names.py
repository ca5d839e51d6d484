"""Chinese people and the streets they live in, drawn with given dice."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "秀英 桂兰 建国 建军 志强 志刚 丽华 玉兰 淑芬 海燕 晓东 晓明 小红 文娟 雪梅 红梅 国庆 永强 俊杰 子涵"
    " 浩然 欣怡 思远 雨桐 佳琪 明辉 春生 德福 金凤 凤英 美玲 立新 卫东 爱华 家豪 梦洁 诗雨 天宇 长生 秋菊"
    " 敏 静 磊 洋 勇 艳 杰 涛 超 霞 平 刚 强 军 芳 娜 玲 丹 鹏 辉 斌 婷 雷 莉 琴 云 宁 帆 倩 凯"
).split()
#: code of a zone → streets and estates
PLACES = {
    "DC": (
        ("东城路", "清源路", "学府街"),
        ("锦绣花园", "和平里", "阳光小区", "书香苑", "东苑新村"),
    ),
    "XC": (("人民西路", "西关街", "建设路"), ("翠竹苑", "西苑小区", "玫瑰园", "丰泽园")),
    "GX": (("科技大道", "创新路", "云峰路"), ("云峰府", "科创公寓", "星河湾", "未来城")),
    "LC": (
        ("鼓楼街", "老街", "南门巷", "文庙街"),
        ("鼓楼小区", "文庙社区", "机械厂宿舍", "纺织家属院"),
    ),
    "NH": (("南湖路", "湖滨大道", "荷花路"), ("湖畔名邸", "南湖印象", "碧水湾", "荷塘月色")),
    "BS": (("北山路", "松林路", "望岭街"), ("北山小区", "松林雅居", "望岭新村")),
    "HD": (("河东创业路", "工业二路", "河东大道"), ("河东公寓", "工业园职工楼", "河东花苑")),
    "CJ": (("双桥镇中街", "柳林村三组", "北河镇新街", "赵庄村"), ()),
}


class Names:
    """Draws people and addresses; no two households share a telephone number."""

    def __init__(self, dice):
        self.dice, self.count = dice, 0

    def person(self):
        return self.dice.choice(SURNAMES) + self.dice.choice(GIVEN)

    def phone(self):
        """A number that is nobody's."""
        self.count += 1
        return f"1399{(self.count * 6151 + 17) % 10_000_000:07d}"

    def address(self, zone):
        """An address in the zone with this code."""
        dice = self.dice
        streets, estates = PLACES.get(zone, PLACES["DC"])
        street = f"清河市{dice.choice(streets)} {dice.randrange(1, 240)} 号"
        if not estates or dice.random() < 0.2:
            return street
        flat = f"{dice.randrange(1, 19)}{dice.randrange(1, 5):02d} 室"
        house = f"{dice.randrange(1, 30)} 幢 {dice.randrange(1, 5)} 单元"
        return f"{street}{dice.choice(estates)} {house} {flat}"
