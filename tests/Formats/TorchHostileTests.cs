using System.Diagnostics;
using System.Text;
using MiniGrad.Formats.Weights;
using Xunit;
using static MiniGrad.Tests.Formats.TorchBytes;

namespace MiniGrad.Tests.Formats;

/// <summary>
/// Ways to break what a PyTorch file's pickle says and where its numbers lie, with the place and the words of the refusal.
/// </summary>
public sealed class TorchHostileTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Steps of the object's pickle, how far into them the error lies, and its words.</summary>
    public static TheoryData<string, byte[], int, string> Pickles => new()
    {
        { "a function of the system", [.. Global("os", "system"), .. Text("true"), 0x85, (byte)'R'],
            0, "an object of class os.system, which is not read: no code from a file is ever run" },
        { "by text on the stack", [.. Text("builtins"), .. Text("eval"), 0x93], 22, "class builtins.eval" },
        { "by escapes", [.. Global("\u001b[31m", "x")], 0, "class ?[31m.x" },
        { "a class as a value", [.. Global("torch.nn", "Linear")], 0, "class torch.nn.Linear" },
        { "a near name", [.. Global("torch", "floatStorage")], 0, "class torch.floatStorage" },
        { "an object of a known class", [.. Global("collections", "OrderedDict"), (byte)')', 0x81], 26, "makes an object of a class" },
        { "an object, old way", [(byte)'(', (byte)'i', .. "os\nsystem\n"u8], 1, "makes an object of a class" },
        { "a list is called", [(byte)']', (byte)')', (byte)'R'], 2, "a list is called" },
        { "a storage type is called", [.. Global("torch", "FloatStorage"), (byte)')', (byte)'R'], 21, "is called" },
        { "attributes of a list", [(byte)']', (byte)'}', (byte)'b'], 2, "a list is given attributes" },
        { "attributes of a tensor", [.. Tensor(Storage(), 0, [2], [1]), (byte)'}', (byte)'b'],
            Tensor(Storage(), 0, [2], [1]).Length + 1, "a tensor is given attributes" },
        { "OrderedDict of numbers", [.. Global("collections", "OrderedDict"), (byte)'K', 1, 0x85, (byte)'R'],
            28, "OrderedDict is called with arguments" },
        { "no step", [0xFF], 0, "0xFF is no step" },
        { "too few values", [(byte)'a'], 0, "too few values" },
        { "values below a mark", [(byte)'N', (byte)'(', 0x85], 2, "too few values" },
        { "no mark", [(byte)'N', (byte)'t'], 1, "no mark" },
        { "nothing", [], 0, "more or less than one value" },
        { "two values", [(byte)'N', (byte)'N'], 2, "more or less than one value" },
        { "an open mark", [(byte)'N', (byte)'('], 2, "more or less than one value" },
        { "an unknown number", [(byte)'h', 7], 0, "comes back to value 7" },
        { "a far number", [(byte)'N', (byte)'r', 0xFF, 0xFF, 0xFF, 0xFF], 1, "numbers more than 1048576" },
        { "a negative number", [(byte)'N', (byte)'p', .. "-1\n"u8], 1, "numbers more than" },
        { "an odd dictionary", [(byte)'}', (byte)'(', (byte)'N', (byte)'u'], 3, "has no value" },
        { "into a tuple", [(byte)')', (byte)'N', (byte)'a'], 2, "is no list" },
        { "into a list by key", [(byte)']', (byte)'N', (byte)'N', (byte)'s'], 3, "is no dictionary" },
        { "protocol 6", [0x80, 6], 0, "protocol 6" },
        { "a text of 4 GB", [(byte)'X', 0xFF, 0xFF, 0xFF, 0xFF], 5, "4294967295 bytes are needed" },
        { "a text of 2^63", [0x8D, 0, 0, 0, 0, 0, 0, 0, 0x80], 9, "9223372036854775808 bytes are needed" },
        { "bytes of 2^64 - 1", [0x8E, 255, 255, 255, 255, 255, 255, 255, 255], 9, "18446744073709551615 bytes are needed" },
        { "a negative length", [(byte)'T', 255, 255, 255, 255], 5, "are needed" },
        { "text that is none", [(byte)'X', 1, 0, 0, 0, 0xFF], 0, "not valid UTF-8" },
        { "a whole number of 2 GB", [0x8B, 255, 255, 255, 127], 0, "2147483647 bytes; at most 255" },
        { "a line without end", [(byte)'c', .. new byte[2000]], 1, "does not end within 1024 bytes" },
        { "no number", [(byte)'I', .. "1e9\n"u8], 0, "no whole number" },
        { "escaped text", [(byte)'V', .. "a\\u0041\n"u8], 0, "escaped" },
        { "a module with code", [(byte)'(', .. Text("module"), .. Text("x = 1"), (byte)'t', (byte)'Q'], 23, "save the state_dict alone" },
        { "no tensors", [(byte)'}'], -1, "holds no dictionary of tensors" },
        { "a number", [(byte)'K', 1], -1, "holds no dictionary of tensors" },
        { "a name twice", Dictionary(("a", Tensor(Storage(), 0, [2], [1])), ("a", Tensor(Storage(), 0, [2], [1]))),
            2 * (Text("a").Length + Tensor(Storage(), 0, [2], [1]).Length) + 1, "the name \"a\" occurs twice" },
    };

    /// <summary>Sizes, strides and offset over a storage of two numbers.</summary>
    public static TheoryData<long, long[], long[], string> Layouts => new()
    {
        { 0, [3], [1], "does not lie in its storage of 2 elements" },
        { 1, [2], [1], "does not lie" },
        { 2, [1], [1], "does not lie" },
        { -1, [1], [1], "does not lie" },
        { long.MaxValue, [1], [1], "does not lie" },
        { 3, [0], [1], "does not lie" },
        { 0, [2], [2], "does not lie" },
        { 0, [2, 2], [1, 1], "does not lie" },
        { 0, [2], [long.MaxValue], "does not lie" },
        { 0, [3], [long.MaxValue], "more than 2^63 elements" },
        { 0, [-1], [1], "negative" },
        { 1, [2], [-1], "negative" },
        { 0, [1L << 32, 1L << 32], [0, 0], "more than 2^63 elements" },
        { 0, [0, 1L << 32, 1L << 32], [1, 1, 1], "more than 2^63 elements" },
        { 0, [long.MaxValue, long.MaxValue, long.MaxValue], [long.MaxValue, long.MaxValue, long.MaxValue], "more than 2^63 elements" },
        { 0, [2], [], "1 sizes and 0 strides" },
        { 0, [1L << 40], [0], "ask for 4398046511104 bytes, the file has" },
        { 0, [1 << 20, 8], [0, 0], "ask for 33554432 bytes" },
    };

    [Theory]
    [MemberData(nameof(Pickles))]
    public void A_broken_pickle_is_refused(string name, byte[] steps, int at, string words) =>
        Refused(name, at < 0 ? Legacy(steps, storages: Storages()) : Legacy(steps), at < 0 ? 0 : LegacyStart + 2 + at, words);

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_tensor_outside_of_its_storage_is_refused(long offset, long[] shape, long[] strides, string words)
    {
        byte[] tensor = Tensor(Storage(), offset, shape, strides);
        Refused("layout", Legacy(Dictionary(("a", tensor))), LegacyStart + 2 + 2 + Text("a").Length + tensor.Length - 1, words);
        Refused("layout", Zip(Dictionary(("a", tensor))), null, words);
    }

    [Fact]
    public void Many_axes_and_many_views_are_limited()
    {
        long[] ones = [.. Enumerable.Repeat(1L, 65)];
        Refused("axes", Legacy(Dictionary(("a", Tensor(Storage(), 0, ones, ones)))), null, "65 axes, at most 64");
        (string, byte[])[] views =
            [.. Enumerable.Range(0, 100).Select(i => ($"t{i}", Tensor(Storage("0", 1 << 20), 0, [2], [(1 << 20) - 1])))];
        Refused("views", Legacy(Dictionary(views), storages: Storages(("0", 1 << 20, new byte[4 << 20]))), null, "ask for");
    }

    [Fact]
    public void Storages_must_be_those_of_the_pickle()
    {
        int keys = LegacyStart + Pickle(OneTensor).Length;
        int first = keys + Pickle([(byte)']', (byte)'(', .. Text("0"), (byte)'e']).Length;
        Refused("none", Legacy(OneTensor, storages: Storages()), keys, "refers to storage \"0\", which the file does not hold");
        Refused("other", Legacy(OneTensor, storages: Storages(("1", 2, new byte[8]))), first, "does not refer to");
        Refused("twice", Legacy(OneTensor, storages: Storages(("0", 2, new byte[8]), ("0", 2, new byte[8]))), null, "comes twice");
        Refused("fewer", Legacy(OneTensor, storages: Storages(("0", 1, new byte[4]))), first, "has 1 elements here, 2 in the pickle");
        Refused("cut", Legacy(OneTensor, storages: Storages(("0", 2, new byte[7]))),
            first + 8, "has 8 bytes, 7 are left in the file. It is cut short");
        Refused("more", Legacy(OneTensor, storages: Storages(("0", 2, new byte[9]))), first + 16, "1 bytes follow the last storage");
        Refused("no list", Legacy(OneTensor, storages: Pickle((byte)'N')), keys, "no list of storage keys");
        Refused("big", Legacy(OneTensor, little: false), null, "big-endian");
        Refused("huge",
            Legacy(Dictionary(("a", Tensor(Storage("0", 1L << 62), 0, [2], [1]))), storages: Storages(("0", 1L << 62, new byte[8]))), null,
            "18446744073709551616 bytes, 8 are left");
        Refused("negative", Legacy(Dictionary(("a", Tensor(Storage("0", -2), 0, [2], [1])))), null, "has -2 elements");
        byte[] typed = Dictionary(("a", Tensor(Storage(), 0, [2], [1])), ("b", Tensor(Storage(type: "LongStorage"), 0, [2], [1])));
        Refused("two types", Legacy(typed), null, "described as 2 I64 and as 2 F32");
        Refused("named by no text", Legacy([(byte)'N', (byte)'Q']), LegacyStart + 3, "named by other than");
    }

    [Fact]
    public void A_storage_view_is_followed_and_stays_in_its_storage()
    {
        byte[] View(string key, long start, long length) => [(byte)'(', .. Text(key), .. Number(start), .. Number(length), (byte)'t'];
        byte[] Viewed(long start, long length, long offset, long size) =>
            Legacy(Dictionary(("a", Tensor(Storage("0", 4, more: View("v", start, length)), offset, [size], [1]))),
            storages: Storages(("0", 4, [.. new[] { 1f, 2f, 3f, 4f }.SelectMany(BitConverter.GetBytes)])));
        using (WeightFile file = WeightFile.Open(folder.Put("view", Viewed(1, 3, 1, 2))))
        {
            Assert.Equal([3f, 4f], file.Read("a").ToArray<float>());
        }
        Refused("beyond", Viewed(1, 4, 0, 1), null, "a view of storage \"0\" does not lie in its 4 elements");
        Refused("negative", Viewed(-1, 2, 0, 1), null, "does not lie");
        Refused("overflow", Viewed(2, long.MaxValue, 0, 1), null, "does not lie");
        Refused("beyond the view", Viewed(1, 2, 1, 2), null, "does not lie in its storage of 2 elements");
    }

    [Fact]
    public void What_pytorch_did_not_write_is_no_legacy_stream()
    {
        Refused("pickle", Pickle(OneTensor), null, "named where none can be");
        Refused("number", Pickle((byte)'K', 7), 0, "is a Python pickle that PyTorch did not write");
        Refused("version", With(Legacy(OneTensor), 15 + 3, 0xE8), 15, "not 1001");
    }

    [Fact]
    public void Bombs_are_bounded()
    {
        byte[] deep = [.. Enumerable.Repeat((byte)']', 500_000), .. Enumerable.Repeat((byte)'a', 499_999)];
        Refused("deep list", Legacy(deep, storages: Storages()), 0, "holds no dictionary", perByte: 200);
        Refused("deep tuple", Legacy([(byte)'N', .. Enumerable.Repeat((byte)0x85, 500_000)], storages: Storages()),
            0, "holds no dictionary", perByte: 200);
        Refused("marks", Legacy([.. Enumerable.Repeat((byte)'(', 500_000)]), null, "more or less than one value", perByte: 200);
        byte[] nested = [.. Enumerable.Range(0, 1000).SelectMany(_ => (byte[])[(byte)'}', .. Text("m")]), (byte)'N', .. Enumerable.Repeat(
            (byte)'s', 1000)];
        Refused("deep dictionary", Legacy(nested, storages: Storages()), 0, "holds no dictionary", perByte: 200);
        Refused("steps", Legacy([.. Enumerable.Repeat((byte)'N', 2_000_001)]),
            LegacyStart + 2_000_000 - 12, "more than 2000000 steps", perByte: 50);
        byte[] text = Text(new string('x', 1 << 20));
        Refused("text", Legacy([.. Enumerable.Repeat(text, 17).SelectMany(bytes => bytes)]),
            null, "more than 16777216 bytes of text", perByte: 4);
        Refused("one text", Legacy(Text(new string('x', (1 << 20) + 1))), null, "a text of 1048577 bytes", perByte: 4);
    }

    /// <summary>A list of ten times the list before, thirty levels: few bytes that would be 10^30 lists if they were copied.</summary>
    [Fact]
    public void Shared_parts_are_visited_once()
    {
        List<byte> laughs = [(byte)'}', (byte)'q', 0];
        for (byte level = 1; level < 30; level++)
        {
            laughs.AddRange([(byte)'}', (byte)'q', level, (byte)'(']);
            for (int i = 0; i < 10; i++) laughs.AddRange([.. Text($"k{i}"), (byte)'h', (byte)(level - 1)]);
            laughs.Add((byte)'u');
        }
        byte[] bomb = [(byte)'(', .. laughs, (byte)'l'];
        Refused("laughs", Legacy(bomb, storages: Storages()), 0, "holds no dictionary", perByte: 200);
        Refused("itself", Legacy([(byte)']', (byte)'q', 0, (byte)'h', 0, (byte)'a'], storages: Storages()), 0, "holds no dictionary");
        Refused("itself by name", Legacy([(byte)'}', (byte)'q', 0, .. Text("me"), (byte)'h', 0, (byte)'s'], storages: Storages()),
            0, "holds no dictionary");
    }

    private void Refused(string name, byte[] bytes, long? offset, string words, int perByte = 60)
    {
        string path = folder.Put("hostile.pt", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        TorchException e = Assert.Throws<TorchException>(() => WeightFile.Open(path).Dispose());
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), $"{name}: took {Stopwatch.GetElapsedTime(started)}");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < Math.Min(200_000_000, 800_000 + (long)perByte * bytes.Length),
            $"{name}: allocated {allocated} bytes for a file of {bytes.Length}");
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.True(e.Message.Length < 600 && !e.Message.Any(char.IsControl), e.Message);
        if (offset is { } expected) Assert.True(expected == e.Offset, $"{name}: at {e.Offset}, expected {expected}: {e.Message}");
    }
}
