namespace MiniGrad.Formats.Weights;

/// <summary>An open file of one NumPy array (.npy). Its tensor has the name of the file without its ending.</summary>
public sealed class NpyFile : WeightFile
{
    private readonly FileBytes file;

    private NpyFile(FileBytes file, NpyEntry entry) : base(file.Path, [entry], new Dictionary<string, string>(), [])
    {
        this.file = file;
        Format = $"NumPy array {entry.Header.Version}";
    }

    public override string Format { get; }

    public static NpyFile Open(string path)
    {
        FileBytes file = OpenBytes(path);
        try
        {
            if (file.Length == 0) throw file.Bad(0, "the file is empty. Fetch it again");
            NpyHeader header = NpyHeader.Read(new SubStream(file, 0, file.Length), file.Length, file.Bad);
            string name = System.IO.Path.GetFileNameWithoutExtension(path);
            return new(file, new(name.Length > 0 ? name : "array", header));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override void Dispose() => file.Dispose();

    internal static FileBytes OpenBytes(string path) => FileBytes.Open(path, (path, offset, problem) => new NpyException(path, offset, problem));

    private protected override Tensor Read(WeightEntry entry) => ((NpyEntry)entry).Read(new FileRange(file, 0, file.Length));
}
