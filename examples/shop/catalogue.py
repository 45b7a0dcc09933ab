"""What the shop sells. A shop of one's own has a database here."""

from __future__ import annotations

from msgspec import Struct


class Look(Struct, frozen=True):
    """How `templates/_pictures.html` draws a product: a silhouette and its colours."""

    shape: str
    main: str
    accent: str
    sole: str
    ground: str


class Category(Struct, frozen=True):
    slug: str
    name: str
    english: str
    lead: str


class Product(Struct, frozen=True):
    slug: str
    category: str
    name: str
    kind: str
    price: int
    """Yen, with tax."""
    lead: str
    text: str
    look: Look
    facts: tuple[tuple[str, str], ...] = ()
    badge: str = ""

    @property
    def path(self) -> str:
        return f"/{self.category}/{self.slug}"


CATEGORIES = {
    category.slug: category
    for category in (
        Category(
            "running",
            "ランニング",
            "Running",
            "はじめの一足から、記録をねらう一足まで。走る距離と速さで選べるようにならべました。",
        ),
        Category("trail", "トレイル", "Trail", "土の道、木の根、沢のわたり。足もとを気にせず景色を見られる靴を。"),
        Category("wear", "ウェア・小物", "Wear", "汗をかいても、風が吹いても、走りはじめの気持ちのままで。"),
    )
}

PRODUCTS = {
    product.slug: product
    for product in (
        Product(
            "asagake",
            "running",
            "朝がけ",
            "毎日のジョギング",
            13_200,
            "目がさめたら、そのまま外へ。",
            "かかとからつま先まで同じやわらかさで受けとめる、毎日のための一足。ひもを結んだ最初の一歩から足になじみます。",
            Look("road", "#1f5fa8", "#ffc533", "#ffffff", "#e3eefb"),
            (("重さ", "258 g（26.0 cm・片足）"), ("かかととつま先の差", "8 mm"), ("向いている距離", "3〜15 km")),
            "いちばん人気",
        ),
        Product(
            "fuwari",
            "running",
            "ふわり",
            "ひざにやさしい厚底",
            16_500,
            "着地の音が、ひとつ小さくなる。",
            "37 mm の厚い中底が、アスファルトのかたさを忘れさせます。ゆっくり長く走る日、ひさしぶりに走る日に。",
            Look("max", "#ef8f7b", "#8c2f39", "#fff6ec", "#fdebe4"),
            (("重さ", "271 g（26.0 cm・片足）"), ("かかととつま先の差", "6 mm"), ("向いている距離", "5〜30 km")),
        ),
        Product(
            "hayate",
            "running",
            "疾風",
            "記録をねらうレース用",
            24_200,
            "あと3分を、足もとから。",
            "反発板をはさんだ軽い中底が、一歩ごとに前へころがします。フルマラソンで4時間を切りたい人の勝負の一足。",
            Look("race", "#ffd23f", "#d8452e", "#ffffff", "#fff5cf"),
            (("重さ", "196 g（26.0 cm・片足）"), ("かかととつま先の差", "8 mm"), ("向いている距離", "10〜42.195 km")),
            "レース",
        ),
        Product(
            "hajime",
            "running",
            "はじめの一歩",
            "これから走る人に",
            8_800,
            "速さより、つづくこと。",
            "足首をやさしく支える高めのはき口と、ねじれにくい靴底。歩く日にも走る日にもはける、最初の一足です。",
            Look("road", "#4f9d8f", "#f4efe4", "#fffdf7", "#e2f2ed"),
            (("重さ", "264 g（26.0 cm・片足）"), ("かかととつま先の差", "10 mm"), ("向いている距離", "1〜8 km")),
            "はじめて",
        ),
        Product(
            "tsubame",
            "running",
            "つばめ",
            "短い距離のスパイク",
            11_000,
            "スタートの一歩で、風を切る。",
            "6本のピンと薄い靴底で、トラックを逃さずつかみます。中学・高校の部活動から大人の記録会まで。",
            Look("spike", "#27306b", "#5ec3e8", "#b9c6e4", "#e7e9f7"),
            (("重さ", "142 g（26.0 cm・片足）"), ("ピン", "6本・取りかえ式"), ("向いている距離", "100〜800 m")),
        ),
        Product(
            "kazaguruma",
            "running",
            "かざぐるま",
            "子どものかけっこ用",
            5_280,
            "まがっても、すべらない。",
            "運動場のカーブでふんばれる靴底と、自分でとめられる2本のベルト。洗ってもすぐに乾きます。",
            Look("kids", "#e4572e", "#2f7ed8", "#fff8e1", "#ffeadd"),
            (("サイズ", "15.0〜22.0 cm"), ("とめ方", "面ファスナー2本"), ("向いている場所", "土・芝・ゴム")),
            "運動会",
        ),
        Product(
            "yamabiko",
            "trail",
            "やまびこ",
            "雨でも沢でも防水",
            18_700,
            "水たまりは、よけなくていい。",
            "水をとめて汗を逃がす膜を内張りに。5 mm の深い靴底が、ぬれた木の根でもしっかり止まります。",
            Look("trail", "#3f6b4f", "#f0a13a", "#2b2f2c", "#e5efe4"),
            (("重さ", "322 g（26.0 cm・片足）"), ("靴底の深さ", "5 mm"), ("向いている道", "雨の登山道・雪まじり")),
            "防水",
        ),
        Product(
            "kamoshika",
            "trail",
            "かもしか",
            "岩場と急な下り",
            15_400,
            "下りで、笑っていられる。",
            "つま先を守る厚いゴムと、かかとをつつむ深いはき口。急な下りでも足が靴の中で動きません。",
            Look("trail", "#6d5a47", "#d8452e", "#26221f", "#f0e9df"),
            (("重さ", "301 g（26.0 cm・片足）"), ("靴底の深さ", "4.5 mm"), ("向いている道", "岩場・急坂")),
        ),
        Product(
            "komorebi",
            "trail",
            "こもれび",
            "里山をかろやかに",
            12_980,
            "家から山まで、このままで。",
            "舗装の道でもごつごつしない、浅めの靴底。里山のハイキングや公園の土の道からはじめる人に。",
            Look("trail", "#a9c25d", "#3b5f41", "#f7f4e6", "#f1f5dd"),
            (("重さ", "268 g（26.0 cm・片足）"), ("靴底の深さ", "3 mm"), ("向いている道", "里山・公園")),
        ),
        Product(
            "soyokaze",
            "wear",
            "そよかぜTシャツ",
            "汗をためない半そで",
            3_960,
            "走りおわるころには、もう乾いている。",
            "背中の織り目を粗くして風の通り道に。縫い目を肩からずらし、長く走っても肌にあたりません。",
            Look("tee", "#5ec3e8", "#ffffff", "#1f5fa8", "#e4f4fb"),
            (("素材", "ポリエステル100%（再生糸60%）"), ("サイズ", "S〜XL"), ("洗い方", "洗濯機で")),
        ),
        Product(
            "kirisame",
            "wear",
            "霧雨ジャケット",
            "手のひらに入る風よけ",
            9_900,
            "降りそうな朝の、いいわけを減らす。",
            "92 g。小さくたたんで胸のポケットへ。霧雨と風をよけ、脇の穴から熱を逃がします。",
            Look("jacket", "#f2b233", "#27306b", "#27306b", "#fdf1d6"),
            (("重さ", "92 g（M）"), ("素材", "ナイロン100%"), ("反射", "背中と袖")),
            "雨の日",
        ),
        Product(
            "tabi",
            "wear",
            "五本指ソックス たび",
            "まめができにくい",
            1_870,
            "指がひらくと、足はかるい。",
            "一本ずつ編んだ指で汗をとり、土ふまずをほどよく締めます。フルマラソンのあとの足の裏で差が出ます。",
            Look("socks", "#d8452e", "#ffffff", "#27306b", "#fbe7e2"),
            (("素材", "和紙繊維と綿"), ("サイズ", "22〜24／25〜27 cm"), ("厚さ", "中厚")),
        ),
        Product(
            "hinata",
            "wear",
            "ひなたキャップ",
            "汗どめつきの帽子",
            3_080,
            "まぶしい朝に、深くかぶる。",
            "ひたいの汗どめは取りはずして洗えます。つばは折りたたんで腰のポケットへ。",
            Look("cap", "#f4efe4", "#1f5fa8", "#d8452e", "#eef0f3"),
            (("重さ", "48 g"), ("サイズ", "54〜60 cm"), ("洗い方", "手洗い")),
        ),
    )
}


def in_category(category: str) -> list[Product]:
    return [product for product in PRODUCTS.values() if product.category == category]


def matching(words: str) -> list[Product]:
    """Return the products whose texts hold one of the words."""
    wanted = words.lower().split()
    return [product for product in PRODUCTS.values() if any(word in _text(product) for word in wanted)]


def _text(product: Product) -> str:
    category = CATEGORIES[product.category]
    texts = (product.name, product.kind, product.badge, product.lead, product.text, category.name, category.english)
    return " ".join(texts).lower()
