"""What is said about tables, holiday files, blocks' needs_consent, selector, deadline and fetched contents (E451–E479)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

TABLES: dict[str, Message] = {
    "E451": Message(
        "「{value}」は Excel などのブックで、表として読めません", "{value} is a workbook, which cannot be read as a table",
        "Excel の「名前を付けて保存」で「CSV UTF-8(コンマ区切り)」を選び、その .csv の名前を書いてください",
        "save it as CSV UTF-8 in Excel, and name the .csv file",
    ),
    "E453": Message(
        "ルールのフォルダーに「{value}」がありません", "there is no file {value} in the rules folder",
        "この YAML と同じフォルダーに置き、ファイル名を確かめてください", "put it into the folder of this file, and look at its name",
    ),
    "E454": Message(
        'この引用符「"」が閉じられていません', 'this quotation mark (") is not closed',
        'セルの終わりに「"」を書いてください。セルの中の「"」は「""」と書きます', 'end the cell with "; a " within a cell is written ""',
    ),
    "E455": Message(
        "「{key}」は表の列にできません", "{key} cannot be a column of a table",
        "「{key}」を使うルールは、表ではなく YAML に書いてください", "write the rules that need {key} in the YAML file",
    ),
    "E456": Message("「{key}」という列はありません", "there is no column {key}", "使える列: {known}", "possible columns: {known}"),
    "E457": Message(
        "このセルには見出しがありません", "this cell has no heading above it",
        '1行目に見出しを書いてください。「,」を含むセルは "…" で囲むか、「,」を「、」にします',
        'write a heading in the first row; a cell that holds a comma stands between quotation marks ("…")',
    ),
    "E458": Message(
        "同じ条件の行がもうあります", "another row has just these conditions",
        "どちらかの行を消すか、条件を変えるか、「名前」の列で別の名前を付けてください",
        "remove one of the rows, change its conditions, or give it a name of its own in a column 名前 (name)",
    ),
    "E459": Message(
        "表が大きすぎます(上限 {size} KB、{rows} 行、{cells} セル、1つのセルに並べた値は合わせて {parts} 個)",
        "the table is too large (at most {size} KB, {rows} rows, {cells} cells, {parts} values beside others in a cell)",
        "表を分けてください。使わない列や行は消してください", "split the table; remove columns and rows that are not used",
    ),
    "E460": Message(
        "「表示」の列がありません", "there is no column 表示 (show)",
        "1行目に「表示」という見出しを足し、その列に何を表示するかを書いてください", "add a heading show, and say below it what each row shows",
    ),
    "E461": Message(
        "1行目に見出しがありません", "the first row holds no headings",
        "1行目に「キーワード,表示」のような見出しを書いてください", "write headings into the first row, such as keyword,show",
    ),
    "E462": Message(
        "表に行がありません", "the table has no rows", "見出しの下に1行以上書いてください", "write at least one row below the headings",
    ),
    "E463": Message(
        "「{value}」はルールのフォルダーの外を指しています", "{value} leads out of the rules folder",
        "フォルダーの中のファイルを書いてください。例: keywords.csv", "name a file within the folder, such as keywords.csv",
    ),
    "E464": Message(
        "祝日のファイルに日付がありません", "the file of holidays holds no date",
        "1行に1つ、日付を書いてください。例: 2027-01-01", "write one date in each row, such as 2027-01-01",
    ),
    "E466": Message(
        "「{value}」は CSS のセレクタの形ではありません", "{value} is not a CSS selector",
        '半角で書きます。例: "#hero"、.campaign、main > section.hero', 'for example "#hero", .campaign, main > section.hero',
    ),
    "E467": Message(
        "「{value}」は待つ時間として読めません", "{value} is not a time to wait", "単位を付けて書きます。例: 30 ms、200ミリ秒、1秒",
        "write a unit: 30 ms, 1 second",
    ),
    "E468": Message(
        "待つ時間は 1 ms から 10 秒までです({value})", "a time to wait lies between 1 ms and 10 seconds ({value})",
        "例: 200 ms", "for example 200 ms",
    ),
    "E469": Message(
        "「{value}」は URL の形ではありません", "{value} is not a URL", "https:// で始めます。例: https://cms.example/fragment",
        "begin with https://, as in https://cms.example/fragment",
    ),
    "E470": Message(
        "timeout は url と一緒に書きます", "timeout stands beside url", "例: {{url: https://cms.example/fragment, timeout: 200 ms}}",
        "for example {{url: https://cms.example/fragment, timeout: 200 ms}}",
    ),
    "W545": Message(
        "「{value}」のホストは upstreams に書かれていないので、表示されずもとのままになります",
        "the host of {value} is not among the upstreams: the block keeps its original",
        "サーバーの管理者に、設定 upstreams にこのホストを加えてもらってください", "ask the operator to add it to the setting upstreams",
    ),
}  # fmt: skip
