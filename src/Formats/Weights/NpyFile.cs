namespace MiniGrad.Formats.Weights;

/// <summary>An open file of one NumPy array (.npy). Its tensor has the name of the file without its ending.</summary>
internal sealed class NpyFile : WeightFile
{
    private readonly FileBytes file;

    private NpyFile(FileBytes file, NpyEntry entry) : base(file.Path, [entry], new Dictionary<string, string>(), [])
    {
        this.file = file;
        Format = $"NumPy array {entry.Header.Version}";
    }

    /// <inheritdoc/>
    public override string Format { get; }

    internal static Func<string, long, string, BadFileException> Refusal { get; } = (path, offset, problem) =>
        new NpyException(path, offset, problem);

    /// <summary>Opens a file whose header is right.</summary>
    /// <exception cref="NpyException">The file breaks the format, or holds what no tensor can.</exception>
    public static NpyFile Open(string path) => FileBytes.Open(path, Refusal, Read);

    internal static NpyFile Read(FileBytes file)
    {
        if (file.Length == 0) throw file.Bad(0, "the file is empty. Fetch it again");
        NpyHeader header = NpyHeader.Read(new SubStream(file, 0, file.Length), file.Length, file.Bad);
        string name = System.IO.Path.GetFileNameWithoutExtension(file.Path);
        return new(file, new(name.Length > 0 ? name : "array", header));
    }

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();

    private protected override Tensor Read(WeightEntry entry) => ((NpyEntry)entry).Read(new FileRange(file, 0, file.Length));
}
