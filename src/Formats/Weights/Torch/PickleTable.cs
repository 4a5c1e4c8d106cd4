using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// The only classes and functions that a pickle may name, and what is done in their place. Nothing else is looked up
/// anywhere: a name that is not here is refused, so that no code from a file ever runs.
/// </summary>
internal static class PickleTable
{
    private static readonly string[] Storages =
    [
        "FloatStorage F32", "DoubleStorage F64", "HalfStorage F16", "BFloat16Storage BF16", "LongStorage I64", "IntStorage I32",
        "ShortStorage I16", "CharStorage I8", "ByteStorage U8", "BoolStorage BOOL", "UntypedStorage U8",
    ];

    private static readonly string[] NumberTypes =
    [
        "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
        "FloatTensor", "DoubleTensor", "HalfTensor", "LongTensor", "IntTensor", "ShortTensor", "CharTensor", "ByteTensor",
    ];

    private static readonly Dictionary<string, object> Known = Make();

    /// <summary>What a name of Python stands for here.</summary>
    public static object Find(PickleInput input, string module, string name, long at) =>
        Known.TryGetValue($"{module} {name}", out object? known)
            ? known
            : throw input.Bad(at, $"holds an object of class {Printable.Line($"{module}.{name}")}, which is not read: "
                + "no code from a file is ever run. Save the state_dict alone");

    private static Dictionary<string, object> Make()
    {
        Dictionary<string, object> known = new(StringComparer.Ordinal);
        void Call(string name, Func<PickleInput, object?[], long, object> call) =>
            known[name] = new PickleGlobal(name.Replace(' ', '.'), call);

        Call("collections OrderedDict", Dictionary);
        Call("torch._utils _rebuild_tensor", Tensor);
        Call("torch._utils _rebuild_tensor_v2", Tensor);
        Call("torch._utils _rebuild_parameter", Parameter);
        Call("torch._utils _rebuild_parameter_with_state", Parameter);
        Call("torch Size", Size);
        Call("torch device", (_, args, _) => new PickleOpaque(args is [string name, ..] ? name : "device"));
        Call("numpy dtype", NumberType);
        Call("numpy.core.multiarray scalar", Scalar);
        Call("numpy._core.multiarray scalar", Scalar);
        Call("_codecs encode", Encode);
        foreach (string row in Storages)
        {
            string[] words = row.Split(' ');
            foreach (string module in (string[])["torch", "torch.cuda", "torch.storage"])
            {
                known[$"{module} {words[0]}"] = new PickleStorageType(words[1]);
            }
        }
        foreach (string type in NumberTypes)
        {
            foreach (string module in (string[])["torch", "torch.cuda"]) known[$"{module} {type}"] = new PickleOpaque($"torch.{type}");
        }
        return known;
    }

    /// <summary>Empty, or of a list of pairs as Python 2 wrote it.</summary>
    private static PickleDictionary Dictionary(PickleInput input, object?[] args, long at)
    {
        PickleDictionary made = new();
        if (args.Length == 0) return made;
        if (args is not [PickleList pairs]) throw Unfit(input, "collections.OrderedDict", at);
        foreach (object? pair in pairs.Items)
        {
            switch (pair)
            {
                case PickleTuple { Items: [var key, var value] }:
                    made.Add(key, value);
                    break;
                case PickleList { Items: [var key, var value] }:
                    made.Add(key, value);
                    break;
                default:
                    throw Unfit(input, "collections.OrderedDict", at);
            }
        }
        return made;
    }

    private static TorchTensor Tensor(PickleInput input, object?[] args, long at)
    {
        if (args is not [TorchStorage storage, long offset, PickleTuple size, PickleTuple stride, ..] || args.Length > 7)
        {
            throw Unfit(input, "torch._utils._rebuild_tensor", at);
        }
        return TorchTensor.Make(input, storage, offset, Whole(input, size.Items, at), Whole(input, stride.Items, at), at);
    }

    private static TorchTensor Parameter(PickleInput input, object?[] args, long at) =>
        args is [TorchTensor tensor, ..] ? tensor : throw Unfit(input, "torch._utils._rebuild_parameter", at);

    private static PickleTuple Size(PickleInput input, object?[] args, long at) => args switch
    {
        [PickleTuple sizes] => sizes,
        [PickleList sizes] => new PickleTuple([.. sizes.Items]),
        _ => throw Unfit(input, "torch.Size", at),
    };

    private static PickleNumberType NumberType(PickleInput input, object?[] args, long at) =>
        args is [string kind, ..] ? new(kind) : throw Unfit(input, "numpy.dtype", at);

    private static object Scalar(PickleInput input, object?[] args, long at)
    {
        if (args is not [PickleNumberType type, object data]) throw Unfit(input, "numpy.scalar", at);
        // Python 2 wrote the bytes as text, one character a byte.
        byte[] bytes = data switch
        {
            byte[] raw => [.. raw],
            string text => Encoding.Latin1.GetBytes(text),
            _ => throw Unfit(input, "numpy.scalar", at),
        };
        if (type.IsBigEndian) Array.Reverse(bytes);
        return (type.Kind, bytes.Length) switch
        {
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ("i2", 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ("i1", 1) => (long)(sbyte)bytes[0],
            ("u4", 4) => (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            ("u2", 2) => (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            ("u1", 1) => (long)bytes[0],
            ("b1", 1) => bytes[0] != 0,
            _ => new PickleOpaque(string.Create(CultureInfo.InvariantCulture, $"a numpy scalar of {bytes.Length} bytes")),
        };
    }

    /// <summary>How Python 2 reads bytes that Python 3 wrote: as Latin-1 text to be encoded back.</summary>
    private static byte[] Encode(PickleInput input, object?[] args, long at) =>
        args is [string text, "latin1" or "latin-1"] ? Encoding.Latin1.GetBytes(text) : throw Unfit(input, "_codecs.encode", at);

    private static long[] Whole(PickleInput input, object?[] items, long at)
    {
        long[] values = new long[items.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = items[i] is long value ? value : throw Unfit(input, "torch._utils._rebuild_tensor", at);
        }
        return values;
    }

    private static BadFileException Unfit(PickleInput input, string name, long at) =>
        input.Bad(at, $"{name} is called with arguments that it does not take. The file is damaged: fetch it again");
}
