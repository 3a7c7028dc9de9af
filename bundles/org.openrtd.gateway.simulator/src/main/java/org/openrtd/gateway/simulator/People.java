package org.openrtd.gateway.simulator;

/** Names of agents, from everywhere, as agents are: whoever shows them has to cope. */
final class People {

    record Name(String first, String last) {}

    private static final String[][] FIRST = {
        {
            "Zoë",
            "Łukasz",
            "Søren",
            "José",
            "Åsa",
            "Jürgen",
            "Chloé",
            "Siân",
            "Đorđe",
            "İpek",
            "Nguyễn",
            "Ana",
            "Tomáš",
            "Márta",
            "Björk",
            "Seán",
            "Ingrid",
            "João",
            "Agnieszka",
            "Håkon",
            "Amélie",
            "Željko",
            "Maya",
            "Ștefan",
            "Noémie",
            "Kwame",
            "Grace",
            "Oluwaseun",
            "Priya",
            "Arjun",
            "Mehmet",
            "Lucía",
            "Emma",
            "Liam",
            "Hannah",
            "Omar"
        },
        {"Оксана", "Дмитро", "Ирина", "Николай"},
        {"Ελένη", "Γιώργος", "Δήμητρα"},
        {"小明", "美玲", "伟"},
        {"さくら", "健太"},
        {"민준", "서연"},
        {"דנה", "יוסי", "נועה"},
        {"محمد", "ليلى", "خالد"}
    };

    private static final String[][] LAST = {
        {
            "Novák",
            "Müller",
            "Østergaard",
            "García",
            "Núñez",
            "Kowalska",
            "Lindström",
            "O’Brien",
            "Çelik",
            "Dupré",
            "Ferreira",
            "Đukić",
            "Horváth",
            "Jónsdóttir",
            "Van der Berg",
            "Rossi",
            "Popescu",
            "Virtanen",
            "Šimić",
            "Weiß",
            "Smith",
            "Okafor",
            "Mensah",
            "Patel",
            "Iyer",
            "Yılmaz",
            "Tran",
            "Lefèvre",
            "Ångström",
            "MacLeod",
            "Silva",
            "Haddad",
            "Nowak",
            "Bauer",
            "Costa",
            "Kim"
        },
        {"Шевченко", "Коваленко", "Соколова", "Петренко"},
        {"Παπαδοπούλου", "Νικολάου", "Γεωργίου"},
        {"王", "陈", "刘"},
        {"佐藤", "田中"},
        {"김", "박"},
        {"כהן", "לוי", "מזרחי"},
        {"الحسن", "منصور", "العلي"}
    };

    private People() {}

    /** A first and a last name of one script; most are written in Latin letters. */
    static Name name(Dice dice) {
        int script = dice.chance(0.72) ? 0 : 1 + dice.below(FIRST.length - 1);
        return new Name(FIRST[script][dice.below(FIRST[script].length)], LAST[script][dice.below(LAST[script].length)]);
    }
}
