using System.Text;
using MiniGrad.Formats.Weights;
using Xunit;

namespace MiniGrad.Tests.Formats;

public sealed class SafetensorsTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Written_bytes_are_these()
    {
        Safetensors.Write(folder["a"], [("b", Tensor.From([1f, -2f], [2])), ("a", Tensor.Scalar(7))],
            new Dictionary<string, string> { ["k"] = "v" });
        string header =
            """{"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":"""
            + """{"dtype":"I32","shape":[],"data_offsets":[8,12]}}""";
        Assert.Equal(132, header.Length);
        byte[] expected =
        [
            136, 0, 0, 0, 0, 0, 0, 0,
            .. Encoding.ASCII.GetBytes(header), 0x20, 0x20, 0x20, 0x20,
            0x00, 0x00, 0x80, 0x3F,
            0x00, 0x00, 0x00, 0xC0,
            7, 0, 0, 0,
        ];
        Assert.Equal(expected, File.ReadAllBytes(folder["a"]));
    }

    [Fact]
    public void Hand_written_bytes_are_read()
    {
        byte[] bytes =
        [
            0x3B, 0, 0, 0, 0, 0, 0, 0,
            .. """{"w":{"data_offsets":[0,4],"shape":[2,1],"dtype":"BF16"}}  """u8,
            0x80, 0x3F, 0x20, 0xC0,
        ];
        using SafetensorsFile file = SafetensorsFile.Open(folder.Put("w", bytes));
        SafetensorsEntry entry = Assert.Single(file.Entries);
        Assert.Equal(("w", "BF16", 67L, 71L), (entry.Name, entry.DType, entry.Begin, entry.End));
        Assert.Equal([2L, 1L], entry.Shape);
        Assert.Equal(["w"], file.Names);
        Assert.Equal(folder["w"], file.Path);
        Assert.Equal([1f, -2.5f], file.Read("w").ToArray<float>());
        Assert.Equal(new Shape(2, 1), file.Read("w").Shape);
    }

    [Fact]
    public void Random_tensors_come_back_with_equal_bits()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            List<(string Name, Tensor Value)> tensors = [];
            int count = random.Next(0, 9);
            for (int i = 0; i < count; i++) tensors.Add(($"t.{i}/é\n\"{(char)random.Next(0x20, 0xD000)}", RandomTensor(random)));
            string path = folder[$"r{seed}"];
            Dictionary<string, string> metadata = new() { ["seed"] = $"{seed}", ["ключ"] = "\u0000\\ \U0001F600" };
            Safetensors.Write(path, tensors, metadata);
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.Equal(tensors.Select(t => t.Name), file.Names);
            Assert.Equal(metadata.OrderBy(p => p.Key, StringComparer.Ordinal), file.Metadata.OrderBy(p => p.Key, StringComparer.Ordinal));
            foreach ((string name, Tensor value) in tensors)
            {
                Tensor read = file.Read(name);
                Assert.True(read.Shape == value.Shape && read.Type == value.Type, $"seed {seed}: {name}: {read}, not {value}");
                Assert.True(Bits(read).AsSpan().SequenceEqual(Bits(value)), $"seed {seed}: {name}: bits differ");
                SafetensorsEntry entry = file.Entries.Single(e => e.Name == name);
                Assert.Equal(0, entry.Begin % value.Type.Size());
                Assert.Equal(value.Count, entry.Count);
            }
            byte[] first = File.ReadAllBytes(path);
            Safetensors.Write(path, tensors, metadata.Reverse().ToDictionary());
            Assert.Equal(first, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Views_are_written_in_their_own_order()
    {
        Tensor whole = Tensor.From([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);
        Tensor turned = new(whole.Storage, whole.Layout.Permute([1, 0]));
        Tensor lower = new(whole.Storage, whole.Layout.Slice(0, 1, 1));
        Safetensors.Write(folder["v"], [("turned", turned), ("lower", lower)]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["v"]);
        Assert.Equal([1f, 4f, 2f, 5f, 3f, 6f], file.Read("turned").ToArray<float>());
        Assert.Equal([4f, 5f, 6f], file.Read("lower").ToArray<float>());
    }

    [Fact]
    public void A_tensor_beyond_one_read_buffer_comes_back()
    {
        float[] values = [.. Enumerable.Range(0, 300_001).Select(i => i * 0.5f)];
        Safetensors.Write(folder["big"], [("x", Tensor.From(values, [300_001]))]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["big"]);
        Assert.Equal(values, file.Read("x").ToArray<float>());
    }

    [Fact]
    public void Narrow_and_wide_types_are_converted()
    {
        Half[] halves = [Half.Zero, Half.NegativeInfinity, Half.NaN, (Half)1.5, Half.Epsilon, Half.MaxValue];
        byte[] data = [.. halves.SelectMany(BitConverter.GetBytes)];
        Assert.Equal([0f, float.NegativeInfinity, float.NaN, 1.5f, 5.9604645E-08f, 65504f], Read("F16", 6, data).ToArray<float>());
        Assert.Equal([0, 255, 128], Read("U8", 3, [0, 255, 128]).ToArray<int>());
        long[] longs = [int.MinValue, -1, 0, int.MaxValue];
        Assert.Equal([int.MinValue, -1, 0, int.MaxValue], Read("I64", 4, [.. longs.SelectMany(BitConverter.GetBytes)]).ToArray<int>());
        Assert.Equal([0, 1, 1], Read("BOOL", 3, [0, 1, 1]).ToArray<byte>());
        Assert.Equal([double.MaxValue], Read("F64", 1, BitConverter.GetBytes(double.MaxValue)).ToArray<double>());
    }

    [Fact]
    public void Conversion_runs_over_many_buffers()
    {
        const int Count = 100_003;
        byte[] data = new byte[Count * 8];
        for (int i = 0; i < Count; i++) BitConverter.TryWriteBytes(data.AsSpan(i * 8), (long)(i * 7 - 300_000));
        int[] read = Read("I64", Count, data).ToArray<int>();
        Assert.Equal(Enumerable.Range(0, Count).Select(i => i * 7 - 300_000), read);
        BitConverter.TryWriteBytes(data.AsSpan(50_000 * 8), 1L << 31);
        var e = Assert.Throws<SafetensorsException>(() => Read("I64", Count, data));
        Assert.Equal(new FileInfo(folder["x"]).Length - data.Length + 50_000 * 8, e.Offset);
        Assert.Contains("2147483648", e.Message);
    }

    [Fact]
    public void What_only_a_tensor_cannot_hold_is_listed_but_not_read()
    {
        Refused("F32", "[1,1,1,1,1,1,1,1,1]", new byte[4], "9 axes");
        Refused("F32", "[4294967296,0]", [], "exceeds 2147483647");
        Refused("U16", "[2]", new byte[4], "U16");
        Refused("F4", "[2]", new byte[1], "F4");
        Refused("BOOL", "[2]", [1, 2], "no BOOL", 1);
    }

    [Fact]
    public void A_missing_name_is_the_callers_mistake()
    {
        Safetensors.Write(folder["m"], [("fc.weight", Tensor.Scalar(1f))]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["m"]);
        Assert.Contains("fc.weight", Assert.Throws<ArgumentException>(() => file.Read("fc.bias")).Message);
    }

    [Fact]
    public void Bad_names_are_not_written()
    {
        Tensor one = Tensor.Scalar(1f);
        Assert.Contains("reserved",
            Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["n"], [("__metadata__", one)])).Message);
        Assert.Contains("two tensors",
            Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["n"], [("a", one), ("a", one)])).Message);
        Assert.Contains("surrogate", Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["n"], [("\uD800", one)])).Message);
        Assert.Empty(folder.Names);
    }

    [LinuxFact]
    public void A_file_that_shrinks_while_open_is_refused()
    {
        Safetensors.Write(folder["s"], [("x", Tensor.From([1f, 2f, 3f, 4f], [4]))]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["s"]);
        Assert.Equal(0, Truncate(folder["s"], file.Entries[0].Begin + 8));
        Assert.Equal(file.Entries[0].Begin + 8, Assert.Throws<SafetensorsException>(() => file.Read("x")).Offset);
    }

    internal static byte[] Bytes(string header, byte[]? data = null) =>
        [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data ?? []];

    internal static Tensor RandomTensor(Random random)
    {
        int[] sizes = new int[random.Next(0, 5)];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = random.Next(10) == 0 ? 0 : random.Next(1, 6);
        Shape shape = new(sizes);
        byte[] bytes = new byte[shape.Count * 8];
        random.NextBytes(bytes);
        int count = (int)shape.Count;
        return random.Next(4) switch
        {
            0 => Tensor.From([.. Enumerable.Range(0, count).Select(i => BitConverter.ToSingle(bytes, 8 * i))], shape),
            1 => Tensor.From([.. Enumerable.Range(0, count).Select(i => BitConverter.ToDouble(bytes, 8 * i))], shape),
            2 => Tensor.From([.. Enumerable.Range(0, count).Select(i => BitConverter.ToInt32(bytes, 8 * i))], shape),
            _ => Tensor.From([.. Enumerable.Range(0, count).Select(i => bytes[8 * i] > 127)], shape),
        };
    }

    private static byte[] Bits(Tensor tensor) => tensor.Type switch
    {
        DType.F32 => [.. tensor.ToArray<float>().SelectMany(BitConverter.GetBytes)],
        DType.F64 => [.. tensor.ToArray<double>().SelectMany(BitConverter.GetBytes)],
        DType.I32 => [.. tensor.ToArray<int>().SelectMany(BitConverter.GetBytes)],
        _ => tensor.ToArray<byte>(),
    };

    private static int Truncate(string path, long length)
    {
        // The share mode of the open file binds only .NET, so a process outside of it cuts the file.
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start("truncate", ["-s", $"{length}", path]);
        process.WaitForExit();
        return process.ExitCode;
    }

    private Tensor Read(string type, int count, byte[] data)
    {
        string header = $$$"""{"x":{"dtype":"{{{type}}}","shape":[{{{count}}}],"data_offsets":[0,{{{data.Length}}}]}}""";
        using SafetensorsFile file = SafetensorsFile.Open(folder.Put("x", Bytes(header, data)));
        return file.Read("x");
    }

    private void Refused(string type, string shape, byte[] data, string words, int offset = 0)
    {
        string header = $$$"""{"x":{"dtype":"{{{type}}}","shape":{{{shape}}},"data_offsets":[0,{{{data.Length}}}]}}""";
        using SafetensorsFile file = SafetensorsFile.Open(folder.Put("x", Bytes(header, data)));
        Assert.Equal(type, Assert.Single(file.Entries).DType);
        var e = Assert.Throws<SafetensorsException>(() => file.Read("x"));
        Assert.Contains(words, e.Message);
        Assert.Contains(folder["x"], e.Message);
        Assert.Equal(8 + header.Length + offset, e.Offset);
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute()
        {
            if (!OperatingSystem.IsLinux()) Skip = "needs the Linux command truncate";
        }
    }
}
