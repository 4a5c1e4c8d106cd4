using System.Text;
using MiniGrad.Formats.Archives;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// PyTorch's format since 1.6: a zip archive with the object's pickle as <c>data.pkl</c>
/// and each storage as a file of its own.
/// </summary>
internal static class TorchZip
{
    private const int MostPickleBytes = 64 << 20;

    /// <summary>Whether the archive's names are those of a PyTorch file.</summary>
    public static bool Is(ZipReader zip) => zip.Entries.Any(entry => IsPickle(entry.Name));

    public static TorchContent Read(FileBytes file, ZipReader zip)
    {
        ZipEntry[] pickles = [.. zip.Entries.Where(entry => IsPickle(entry.Name))];
        if (pickles.Length != 1)
        {
            throw file.Bad(0, $"the zip archive has {pickles.Length} files data.pkl; a PyTorch file has one. Give the weights themselves");
        }
        string folder = pickles[0].Name[..^"data.pkl".Length];
        if (zip.Find(folder + "constants.pkl") is { } program)
        {
            throw file.Bad(program.HeaderAt,
                "is a TorchScript program (torch.jit.save), and no code from a file is ever run. Save its state_dict by torch.save");
        }
        CheckByteOrder(file, zip, folder);
        long unpacked = zip.Entries.Sum(entry => entry.IsDeflated ? entry.Length : 0);
        if (unpacked > TorchFile.MostBytes(file))
        {
            throw file.Bad(0, $"the zip archive unpacks {unpacked} bytes from {file.Length}, more than weights do");
        }
        PickleInput input = new(file, pickles[0].Begin, zip.ReadAll(pickles[0], MostPickleBytes));
        TorchStorages storages = new(input);
        object? root = new PickleMachine(input, new PickleBudget(), storages.Resolve).Load();
        if (input.Left != 0) throw input.Bad(input.Position, $"{input.Left} bytes follow the pickle");
        foreach (TorchStorage storage in storages.All)
        {
            string name = $"{folder}data/{storage.Key}";
            ZipEntry entry = zip.Find(name)
                ?? throw file.Bad(pickles[0].Begin, $"the pickle refers to {Printable.Name(name)}, which the zip archive does not hold");
            if (entry.Length != storage.ByteCount)
            {
                throw file.Bad(entry.Begin, $"{Printable.Name(name)} has {entry.Length} bytes, "
                    + $"its {storage.Count} numbers of type {storage.DType} take {storage.ByteCount}");
            }
            storage.Place(() => zip.Open(entry));
        }
        return new("PyTorch zip", root);
    }

    /// <summary>The pickle lies at the top, or in the one folder that PyTorch makes.</summary>
    private static bool IsPickle(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..] == "data.pkl";

    private static void CheckByteOrder(FileBytes file, ZipReader zip, string folder)
    {
        if (zip.Find(folder + "byteorder") is not { } entry) return;
        string order = Encoding.Latin1.GetString(zip.ReadAll(entry, 16)).Trim();
        if (order != "little")
        {
            throw file.Bad(entry.Begin, $"the numbers are stored with byte order {Printable.Name(order)}; little-endian ones are read. "
                + "Load and save the file once more on a PC");
        }
    }
}
