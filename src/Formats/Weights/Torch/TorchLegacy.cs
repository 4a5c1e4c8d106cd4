using System.Globalization;
using System.Numerics;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// PyTorch's format from 0.1.10 to 1.5: a number to know it by, pickles of version,
/// machine, object and storage keys, then the storages.
/// </summary>
internal static class TorchLegacy
{
    private const long Version = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse(
        "1950A86A20F9469CFC6C", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static TorchContent Read(FileBytes file)
    {
        PickleInput input = new(file, 0, file.Length);
        PickleBudget budget = new();
        TorchStorages storages = new(input);
        object? None(object? id, long place) => throw file.Bad(place, "a storage is named where none can be");
        object? Load(Func<object?, long, object?> persistent) => new PickleMachine(input, budget, persistent).Load();

        if (Load(None) is not BigInteger magic || magic != Magic)
        {
            throw file.Bad(0, "is a Python pickle that PyTorch did not write. Save the weights by torch.save");
        }
        long at = input.Position;
        if (Load(None) is not Version)
        {
            throw file.Bad(at, $"the version of the PyTorch file is not {Version}. Save it once more with a newer PyTorch");
        }
        at = input.Position;
        CheckMachine(file, Load(None), at);
        object? root = Load(storages.Resolve);
        at = input.Position;
        if (Load(None) is not PickleList keys)
        {
            throw file.Bad(at, "no list of storage keys follows the pickle. The file is damaged: fetch it again");
        }
        foreach (object? key in keys.Items) Place(file, input, storages, key);
        foreach (TorchStorage storage in storages.All)
        {
            if (!storage.IsPlaced)
            {
                throw file.Bad(at, $"the pickle refers to storage {Printable.Name(storage.Key)}, which the file does not hold");
            }
        }
        if (input.Left != 0)
        {
            throw file.Bad(input.Position, $"{input.Left} bytes follow the last storage. The file is damaged: fetch it again");
        }
        return new("PyTorch legacy stream", root);
    }

    /// <summary>Refuses files of machines whose numbers have their bytes in another order.</summary>
    public static void CheckMachine(FileBytes file, object? machine, long at)
    {
        if (machine is not PickleDictionary facts || facts.Find("little_endian") is not bool little)
        {
            throw file.Bad(at, "the file does not say on what machine it was written. It is damaged: fetch it again");
        }
        if (!little)
        {
            throw file.Bad(at,
                "the numbers were written on a big-endian machine; little-endian ones are read. Load and save the file once more on a PC");
        }
    }

    /// <summary>A storage: its count in 8 bytes, then its numbers.</summary>
    private static void Place(FileBytes file, PickleInput input, TorchStorages storages, object? key)
    {
        long at = input.Position;
        if (key is not string name || storages.Find(name) is not { } storage)
        {
            throw file.Bad(at, "the file holds a storage that its pickle does not refer to");
        }
        if (storage.IsPlaced) throw file.Bad(at, $"storage {Printable.Name(name)} comes twice");
        long count = input.I64();
        if (count != storage.Count)
        {
            throw file.Bad(at, $"storage {Printable.Name(name)} has {count} elements here, {storage.Count} in the pickle");
        }
        Take(input, storage);
    }

    /// <summary>Takes the bytes of a storage, which begin here; the input then stands behind them.</summary>
    public static void Take(PickleInput input, TorchStorage storage)
    {
        long at = input.Position;
        if (storage.ByteCount > input.Left)
        {
            throw input.Bad(at, $"storage {Printable.Name(storage.Key)} has {storage.ByteCount} bytes, {input.Left} are left in the file. "
                + "It is cut short: fetch it again");
        }
        FileRange range = input.Range(at, (long)storage.ByteCount);
        input.Skip(range.Length);
        storage.Place(() => range);
    }
}
