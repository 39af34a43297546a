/// How pages look: one column that can be read, on paper and in the dark.
enum PageStyle {
  static let css = """
    :root{--ink:#1b1f24;--quiet:#57606a;--rule:#d0d7de;--paper:#ffffff;--card:#f6f8fa;--pass:#1a7f37;--warn:#8a4b00;\
    --fail:#b3261e;--skip:#57606a;--accent:#0b5cad;--keep:#c8dcf0;--in:#2f7fc1;--out:#e8a33d;--none:#f0f2f4;\
    --on-in:#ffffff;--on-out:#1b1f24}
    @media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9da7b1;--rule:#3d444d;--paper:#0d1117;--card:#161b22;\
    --pass:#57c46f;--warn:#e3a008;--fail:#ff8a80;--skip:#9da7b1;--accent:#79b8ff;--keep:#1f4468;--in:#58a6ff;\
    --out:#d29922;--none:#1c2128;--on-in:#0d1117;--on-out:#0d1117}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"Noto Sans",\
    "DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
    main,header,footer,nav.contents{max-width:1080px;margin:0 auto;padding:0 24px}
    header{padding-top:40px}
    h1{font-size:2rem;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em;overflow-wrap:anywhere}
    h1.finding{margin-top:32px;font-size:1.4rem}
    #hint{position:fixed;white-space:pre;background:var(--paper);border:1px solid var(--rule);border-radius:4px;\
    padding:6px 10px;font-size:.8125rem;z-index:3}
    h2{font-size:1.4rem;line-height:1.25;margin:56px 0 8px;padding-top:16px;border-top:1px solid var(--rule)}
    h3{font-size:1.05rem;line-height:1.35;margin:28px 0 2px;overflow-wrap:anywhere}
    p{margin:6px 0 12px;max-width:72ch}
    .quiet,.basis,.source{color:var(--quiet)}
    .basis{font-size:.875rem;margin:0 0 8px;max-width:none}
    .source{font-size:.8125rem;margin:4px 0 0;overflow-wrap:anywhere;max-width:none}
    .lede{font-size:1.2rem;line-height:1.45;max-width:62ch;margin:16px 0 8px}
    a{color:var(--accent)}
    a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
    .skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--paper);padding:8px;z-index:2}
    .banner{background:var(--card);border-left:6px solid var(--warn);padding:12px 20px;margin:16px auto;max-width:1032px}
    .banner p{margin:0;max-width:none}
    ul.gates{list-style:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:12px;padding:0;\
    margin:24px 0}
    ul.gates li{background:var(--card);border:1px solid var(--rule);border-top:4px solid var(--skip);border-radius:4px;\
    padding:10px 14px}
    ul.gates p{font-size:.875rem;line-height:1.4;margin:2px 0 0;color:var(--quiet)}
    ul.gates b{font-size:.75rem;letter-spacing:.06em;color:var(--skip)}
    li.pass{border-top-color:var(--pass)!important}li.pass b{color:var(--pass)}
    li.warn{border-top-color:var(--warn)!important}li.warn b{color:var(--warn)}
    li.fail{border-top-color:var(--fail)!important}li.fail b{color:var(--fail)}
    .gates strong{display:block;line-height:1.3}
    .state{font-size:.75rem;font-weight:600;letter-spacing:.04em;color:var(--skip)}
    .state.pass{color:var(--pass)}.state.warn{color:var(--warn)}.state.fail{color:var(--fail)}
    dl.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:12px;margin:20px 0}
    dl.figures div{border:1px solid var(--rule);border-radius:4px;padding:12px 16px}
    dl.figures dt{font-size:.875rem;color:var(--quiet)}
    dl.figures dd{margin:0;font-size:1.6rem;line-height:1.25;font-weight:600}
    dl.figures dd.note{font-size:.875rem;font-weight:400;color:var(--quiet);line-height:1.4}
    .scroll{overflow-x:auto;margin:8px 0 4px;background:linear-gradient(to right,var(--paper) 30%,transparent) 0 0,\
    linear-gradient(to left,var(--paper) 30%,transparent) 100% 0,linear-gradient(to right,var(--rule),transparent) 0 0,\
    linear-gradient(to left,var(--rule),transparent) 100% 0;background-repeat:no-repeat;\
    background-size:40px 100%,40px 100%,14px 100%,14px 100%;background-attachment:local,local,scroll,scroll}
    table{border-collapse:collapse;font-size:.875rem;line-height:1.4}
    caption{text-align:left;font-weight:600;padding:4px 0}
    th,td{padding:5px 12px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
    thead th{color:var(--quiet);font-weight:600;border-bottom:2px solid var(--rule);vertical-align:bottom}
    td.n,th.n{text-align:right;white-space:nowrap}
    thead th.n{white-space:normal;min-width:76px}
    p,li,h1,h2,h3,dd,dt,summary,figcaption,aside{overflow-wrap:anywhere}
    tr.key td,tr.key th{font-weight:600}
    tbody th{font-weight:400}
    figure{margin:28px 0 0}
    figure svg{display:block;max-width:100%;height:auto}
    figcaption h3{margin-top:0}
    details{margin:8px 0}
    summary{cursor:pointer;color:var(--accent);font-size:.875rem;padding:4px 0}
    table.grid{border-spacing:2px;border-collapse:separate;font-size:.75rem}
    table.grid th,table.grid td{border:0;padding:0;text-align:center;vertical-align:middle}
    table.grid td{width:34px;height:26px;border-radius:2px;font-weight:600}
    table.grid tbody th{font-weight:400;text-align:right;padding-right:8px;white-space:nowrap;color:var(--quiet)}
    table.grid thead th,table.grid tfoot th{font-weight:400;color:var(--quiet);border:0;font-size:.6875rem;\
    white-space:nowrap}
    table.grid tfoot th.edge{writing-mode:vertical-rl;transform:rotate(180deg);text-align:right;padding:4px 0}
    td.keep{background:var(--keep);color:var(--ink)}td.open{background:var(--in);color:var(--on-in)}
    td.close{background:var(--out);color:var(--on-out)}td.none{background:var(--none);color:var(--quiet)}
    ul.key{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:4px 20px;font-size:.875rem;margin:8px 0}
    ul.key i{display:inline-block;width:26px;height:20px;border-radius:2px;text-align:center;font-style:normal;\
    font-weight:600;font-size:.75rem;line-height:20px;margin-right:6px}
    i.keep{background:var(--keep)}i.open{background:var(--in);color:var(--on-in)}
    i.close{background:var(--out);color:var(--on-out)}i.none{background:var(--none);color:var(--quiet)}
    .hole{border:1px dashed var(--rule);border-radius:4px;padding:14px 18px;color:var(--quiet);margin:16px 0}
    .hole p{margin:0;max-width:none}
    code{font:.8125rem/1.5 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
    pre{background:var(--card);border:1px solid var(--rule);border-radius:4px;padding:12px 16px;overflow-x:auto}
    nav.contents{font-size:.9375rem;padding-top:8px}
    nav.contents ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;padding:0;margin:8px 0}
    footer{padding-top:24px;padding-bottom:48px;color:var(--quiet);font-size:.8125rem}
    @media (max-width:600px){main,header,footer,nav.contents{padding-left:16px;padding-right:16px}h1{font-size:1.6rem}\
    .lede{font-size:1.05rem}h2{margin-top:40px}dl.figures{grid-template-columns:1fr 1fr;gap:8px}\
    dl.figures div{padding:8px 12px}dl.figures dd{font-size:1.3rem}}
    @media print{:root{--ink:#000;--quiet:#444;--rule:#bbb;--paper:#fff;--card:#fff}body{font-size:10.5pt}\
    nav.contents,.skip{display:none}h2,h3,h2+p,h3+p,figcaption,thead{break-after:avoid}figure,ul.gates li,tr,\
    table.grid,dl.figures div{break-inside:avoid}main,header,footer{max-width:none;padding:0}a{color:inherit}\
    h2{margin-top:28px}figure{margin-top:18px}.scroll{overflow:visible;background:none}table{font-size:8.5pt}th,td{padding:3px 10px 3px 0}\
    td code{font-size:6.5pt}p{break-inside:avoid}figure svg{max-height:88mm;width:auto}figure.tall svg{max-height:180mm}\
    dl.figures,ul.gates{grid-template-columns:repeat(4,1fr);gap:8px}ul.gates p{font-size:8.5pt}\
    .own,details:not(.always)>summary{display:none}details.always::details-content{content-visibility:visible}\
    td,i,li{print-color-adjust:exact;-webkit-print-color-adjust:exact}@page{size:A4;margin:15mm}}
    """
}
