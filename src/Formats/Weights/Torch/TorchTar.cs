using System.Globalization;
using System.Numerics;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// PyTorch's first format, until 0.1.9: a tar archive with the files <c>storages</c> (keys and numbers), <c>tensors</c>
/// (sizes and strides) and <c>pickle</c> (the object, which names the tensors by number).
/// </summary>
internal static class TorchTar
{
    public static TorchContent Read(FileBytes file)
    {
        Dictionary<string, (long Begin, long Length)> members = TarMembers.Read(file);
        PickleBudget budget = new();
        object? None(object? id, long place) => throw file.Bad(place, "a tensor is named where none can be");
        PickleInput Input(string name) => members.TryGetValue(name, out (long Begin, long Length) member)
            ? new(file, member.Begin, member.Begin + member.Length)
            : throw file.Bad(0, $"the tar archive has no file {name}; a PyTorch file has one. Give the weights themselves");
        object? Load(PickleInput input) => new PickleMachine(input, budget, None).Load();

        if (members.TryGetValue("sys_info", out (long Begin, long) info))
        {
            TorchLegacy.CheckMachine(file, Load(Input("sys_info")), info.Begin);
        }
        Dictionary<string, TorchStorage> storages = ReadStorages(Input("storages"), Load);
        Dictionary<string, TorchTensor> tensors = ReadTensors(Input("tensors"), Load, storages);
        PickleInput pickle = Input("pickle");
        object? root = new PickleMachine(pickle, budget, (id, at) => tensors.TryGetValue(Key(id), out TorchTensor? tensor)
            ? tensor
            : throw pickle.Bad(at, $"the pickle refers to tensor {Printable.Name(Key(id))}, which the file does not hold")).Load();
        return new("PyTorch tar", root);
    }

    private static Dictionary<string, TorchStorage> ReadStorages(PickleInput input, Func<PickleInput, object?> load)
    {
        Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);
        for (long left = Count(input, load(input)); left > 0; left--)
        {
            long at = input.Position;
            if (load(input) is not PickleTuple { Items: [var key, _, PickleStorageType type] })
            {
                throw input.Bad(at, "a storage is described by other than its key, device and type. The file is damaged: fetch it again");
            }
            TorchStorage storage = new(Key(key), type.DType, input.I64());
            if (storage.Count < 0) throw input.Bad(at, $"a storage has {storage.Count} elements");
            TorchLegacy.Take(input, storage);
            if (!storages.TryAdd(storage.Key, storage)) throw input.Bad(at, $"storage {Printable.Name(storage.Key)} comes twice");
        }
        long viewsAt = input.Position;
        if (load(input) is not PickleList views)
        {
            throw input.Bad(viewsAt, "no list of storage views follows the storages. The file is damaged: fetch it again");
        }
        foreach (object? row in views.Items)
        {
            if (row is not PickleTuple { Items: [var key, var rootKey, long start, long length] }
                || !storages.TryGetValue(Key(rootKey), out TorchStorage? root)
                || start < 0 || length < 0 || start > root.Count || length > root.Count - start)
            {
                throw input.Bad(viewsAt, "a view of a storage does not lie in it. The file is damaged: fetch it again");
            }
            TorchStorage view = new(Key(key), root.DType, length) { Root = root.Root ?? root, Start = root.Start + start };
            if (!storages.TryAdd(view.Key, view)) throw input.Bad(viewsAt, $"storage {Printable.Name(view.Key)} comes twice");
        }
        return storages;
    }

    private static Dictionary<string, TorchTensor> ReadTensors(
        PickleInput input, Func<PickleInput, object?> load, Dictionary<string, TorchStorage> storages)
    {
        Dictionary<string, TorchTensor> tensors = new(StringComparer.Ordinal);
        for (long left = Count(input, load(input)); left > 0; left--)
        {
            long at = input.Position;
            if (load(input) is not PickleTuple { Items: [var key, var storageKey, _] }
                || !storages.TryGetValue(Key(storageKey), out TorchStorage? storage))
            {
                throw input.Bad(at, "a tensor is described by other than its key, storage and type. The file is damaged: fetch it again");
            }
            int axes = input.I32();
            // The count of axes was once written in eight bytes.
            input.Bytes(4);
            if (axes is < 0 or > TorchTensor.MostAxes)
            {
                throw input.Bad(at, $"a tensor has {axes} axes, at most {TorchTensor.MostAxes} are possible");
            }
            long[] shape = Whole(input, axes);
            long[] strides = Whole(input, axes);
            if (!tensors.TryAdd(Key(key), TorchTensor.Make(input, storage, input.I64(), shape, strides, at)))
            {
                throw input.Bad(at, $"tensor {Printable.Name(Key(key))} comes twice");
            }
        }
        return tensors;
    }

    private static long Count(PickleInput input, object? value) =>
        value is long count and >= 0 ? count : throw input.Bad(input.Position, "a count is missing. The file is damaged: fetch it again");

    private static long[] Whole(PickleInput input, int count)
    {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) values[i] = input.I64();
        return values;
    }

    /// <summary>Keys are memory addresses, which were written as numbers or as text.</summary>
    private static string Key(object? key) => key switch
    {
        long number => number.ToString(CultureInfo.InvariantCulture),
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        string text => text,
        _ => "",
    };
}
