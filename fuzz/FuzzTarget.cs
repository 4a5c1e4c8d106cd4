using System.Text;

namespace MiniGrad.Fuzz;

/// <summary>
/// One reader of files from outside: valid files to start from, how it reads one, and the exceptions with which alone it
/// may refuse.
/// </summary>
internal sealed record FuzzTarget(string Name, Func<IReadOnlyList<byte[]>> MakeSeeds, Action<string> Read, params Type[] Refusals)
{
    /// <summary>No file may cost more memory, however long it is.</summary>
    public const long MostBytes = 200_000_000;

    /// <summary>What a short file may cost: buffers and messages.</summary>
    private const long FixedBytes = 500_000;

    /// <summary>The parts that are changed; <see cref="Envelopes.Whole"/> is always among them.</summary>
    public IReadOnlyList<Envelope> Parts { get; init; } = [];

    /// <summary>Words of the format that a change may put in.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>How many bytes of memory one byte of a file may become, which is large for packed formats.</summary>
    public int Expansion { get; init; } = 100;

    public double MostSeconds { get; init; } = 1;

    /// <summary>The file's name, for readers that go by it.</summary>
    public string FileName { get; init; } = "input";

    /// <summary>The memory that reading a file of that many bytes may take.</summary>
    public long Allowance(long fileBytes) => Math.Min(MostBytes, FixedBytes + Expansion * fileBytes);

    /// <summary>Words as bytes: each character stands for the byte of its number.</summary>
    internal IReadOnlyList<byte[]> WordBytes => [.. Words.Select(Encoding.Latin1.GetBytes)];

    internal bool Refuses(Exception error) => Refusals.Contains(error.GetType());
}
