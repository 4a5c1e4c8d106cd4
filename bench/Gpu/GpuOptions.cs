using System.Globalization;
using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Gpu;

/// <summary>
/// What the command line asks of a GPU. Each call appends its lines of JSON to one file,
/// so that a part that fails loses no other.
/// </summary>
internal sealed record GpuOptions
{
    public const string Usage = """
        dotnet run -c Release --project bench -- gpu list|time|report --out FILE.jsonl [options]

        The parts of bench/gpu.sh, which runs them all beside PyTorch; see bench/README.md.

          list              the devices in words; the numbers of the usable GPUs on standard output
          time              times a group of rows on a device
            --device N --group networks|products|convolutions|bandwidth --precision f32|tf32
            --seconds S     no row begins later
            --quick         a subset of the rows
            --memory MB     what tensors may take at once; rows that need more are halved
          report            Markdown on standard output and in a file of the card's name
            --to FOLDER --command TEXT
          --processor       processors are listed too, and timed at small sizes: a rehearsal without a GPU
        """;

    public string Verb { get; private set; } = "";

    public string Out { get; private set; } = "";

    public int Device { get; private set; }

    public string Group { get; private set; } = "";

    public bool OnTensorCores { get; private set; }

    public int Seconds { get; private set; } = 600;

    public int? Memory { get; private set; }

    public bool Quick { get; private set; }

    public bool Processor { get; private set; }

    public string To { get; private set; } = ".";

    public string Command { get; private set; } = "";

    public static GpuOptions Parse(string[] arguments)
    {
        if (arguments is not [string verb, ..]) throw new PeerException($"gpu: say what to do.\n{Usage}");
        GpuOptions options = new() { Verb = verb };
        for (int i = 1; i < arguments.Length; i++)
        {
            string name = arguments[i];
            string Value() => ++i < arguments.Length ? arguments[i] : throw new PeerException($"gpu: {name} needs a value.");
            switch (name)
            {
                case "--out": options.Out = Value(); break;
                case "--device": options.Device = Number(name, Value()); break;
                case "--group": options.Group = Value(); break;
                case "--precision": options.OnTensorCores = Value() == "tf32"; break;
                case "--seconds": options.Seconds = Number(name, Value()); break;
                case "--memory": options.Memory = Number(name, Value()); break;
                case "--quick": options.Quick = true; break;
                case "--processor": options.Processor = true; break;
                case "--to": options.To = Value(); break;
                case "--command": options.Command = Value(); break;
                default: throw new PeerException($"gpu: \"{name}\" is no option.\n{Usage}");
            }
        }
        return options.Out.Length > 0 ? options : throw new PeerException("gpu: --out FILE.jsonl is needed.");
    }

    private static int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new PeerException($"gpu: {name} \"{text}\": give a whole number.");
}
