using System.Globalization;

namespace MiniGrad.Bench.Peers;

/// <summary>What the command line asks of a comparison.</summary>
internal sealed record PeerOptions
{
    public const string Usage = """
        dotnet run -c Release --project bench -- peers [--quick] [--json] [options]

        Times MiniGrad and PyTorch in turn on the same shapes, prints the table and the goals, and writes them to
        bench/results. Rows say their operations and bytes, the time these imply on this machine, and the share reached.

          --quick           a subset of the rows, three pairs each, in a file of its own
          --json            one JSON object on standard output instead of Markdown
          --filter TEXT     only rows whose group and name hold the text; no file unless --out names one
          --threads 1,2     numbers of threads
          --pairs N         pairs of samples a row, 5 unless given
          --out FILE        where the Markdown goes
          --list            the names of the rows, and nothing else
        """;

    public bool Quick { get; private set; }

    public bool Json { get; private set; }

    public bool List { get; private set; }

    public bool Help { get; private set; }

    public string? Filter { get; private set; }

    public int[] Threads { get; private set; } = [1, 2];

    public int? Pairs { get; private set; }

    public string? Out { get; private set; }

    public static PeerOptions Parse(string[] arguments)
    {
        PeerOptions options = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            string Value() =>
                ++i < arguments.Length ? arguments[i] : throw new PeerException($"peers: {name} needs a value. See peers --help.");
            switch (name)
            {
                case "--quick": options.Quick = true; break;
                case "--json": options.Json = true; break;
                case "--list": options.List = true; break;
                case "--help" or "-h" or "-?": options.Help = true; break;
                case "--filter": options.Filter = Value(); break;
                case "--out": options.Out = Value(); break;
                case "--pairs": options.Pairs = Number(name, Value()); break;
                case "--threads": options.Threads = [.. Value().Split(',').Select(text => Number(name, text)).Distinct().Order()]; break;
                default: throw new PeerException($"peers: \"{name}\" is no option. See peers --help.");
            }
        }
        return options;
    }

    private static int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= 1000
            ? value
            : throw new PeerException($"peers: {name} \"{text}\": give a whole number from 1 to 1000.");
}
