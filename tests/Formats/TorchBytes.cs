using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MiniGrad.Tests.Formats;

/// <summary>Writes pickles and PyTorch containers byte by byte, right or wrong.</summary>
internal static class TorchBytes
{
    /// <summary>Where the object's pickle begins in <see cref="Legacy"/>.</summary>
    public static int LegacyStart { get; } = Head(little: true).Length;

    /// <summary>A state_dict {"a": tensor} over one storage "0" of two float32 numbers.</summary>
    public static byte[] OneTensor { get; } = Dictionary(("a", Tensor(Storage(), 0, [2], [1])));

    public static byte[] Text(string text) =>
        [(byte)'X', .. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Number(long value) => [0x8A, 8, .. BitConverter.GetBytes(value)];

    public static byte[] Numbers(IEnumerable<long> values) => [(byte)'(', .. values.SelectMany(Number), (byte)'t'];

    public static byte[] Global(string module, string name) => [(byte)'c', .. Encoding.ASCII.GetBytes($"{module}\n{name}\n")];

    /// <summary>The tuple that stands for a storage, and the step that resolves it; <paramref name="more"/> is a view's.</summary>
    public static byte[] Storage(string key = "0", long count = 2, string type = "FloatStorage", byte[]? more = null) =>
        [
            (byte)'(', .. Text("storage"), .. Global("torch", type), .. Text(key), .. Text("cpu"), .. Number(count), .. more ?? [],
            (byte)'t', (byte)'Q',
        ];

    public static byte[] Tensor(byte[] storage, long offset, long[] shape, long[] strides) =>
        [.. Global("torch._utils", "_rebuild_tensor"), (byte)'(', .. storage,
            .. Number(offset), .. Numbers(shape), .. Numbers(strides), (byte)'t', (byte)'R'];

    public static byte[] Dictionary(params (string Key, byte[] Value)[] items) =>
        [(byte)'}', (byte)'(', .. items.SelectMany(item => (byte[])[.. Text(item.Key), .. item.Value]), (byte)'u'];

    public static byte[] Pickle(params byte[] steps) => [0x80, 2, .. steps, (byte)'.'];

    /// <summary>A legacy stream with that object and those storages; by default the one of <see cref="OneTensor"/>.</summary>
    public static byte[] Legacy(byte[] steps, bool little = true, byte[]? storages = null) =>
        [.. Head(little), .. Pickle(steps), .. storages ?? Storages(("0", 2, new byte[8]))];

    /// <summary>The list of keys, then count and bytes of each.</summary>
    public static byte[] Storages(params (string Key, long Count, byte[] Bytes)[] storages) =>
    [
        .. Pickle([(byte)']', (byte)'(', .. storages.SelectMany(storage => Text(storage.Key)), (byte)'e']),
        .. storages.SelectMany(storage => (byte[])[.. BitConverter.GetBytes(storage.Count), .. storage.Bytes]),
    ];

    /// <summary>A zip archive of PyTorch's layout: the pickle and the storage of <see cref="OneTensor"/>, unless given.</summary>
    public static byte[] Zip(
        byte[]? steps = null, byte[]? storage = null, CompressionLevel level = CompressionLevel.NoCompression,
        params (string Name, byte[] Bytes)[] more)
    {
        List<(string, byte[])> files = [("x/data.pkl", Pickle(steps ?? OneTensor)), ("x/data/0", storage ?? new byte[8]), .. more];
        return ZipOf(level, [.. files]);
    }

    public static byte[] ZipOf(CompressionLevel level, params (string Name, byte[] Bytes)[] files)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    /// <summary>Where the run of these bytes begins for the nth time, counted from 0.</summary>
    public static int Find(byte[] bytes, ReadOnlySpan<byte> run, int nth = 0)
    {
        int at = bytes.AsSpan().IndexOf(run);
        for (; nth > 0; nth--) at += 1 + bytes.AsSpan(at + 1).IndexOf(run);
        return at;
    }

    public static byte[] With(byte[] bytes, int at, params byte[] change)
    {
        byte[] copy = (byte[])bytes.Clone();
        change.CopyTo(copy, at);
        return copy;
    }

    public static byte[] With32(byte[] bytes, int at, uint value)
    {
        byte[] copy = (byte[])bytes.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(at), value);
        return copy;
    }

    public static byte[] With64(byte[] bytes, int at, ulong value)
    {
        byte[] copy = (byte[])bytes.Clone();
        BinaryPrimitives.WriteUInt64LittleEndian(copy.AsSpan(at), value);
        return copy;
    }

    private static byte[] Head(bool little) =>
    [
        .. Pickle(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19),
        .. Pickle((byte)'M', 0xE9, 0x03),
        .. Pickle(Dictionary(("little_endian", [(byte)(little ? 0x88 : 0x89)]))),
    ];
}
