using System.IO.Compression;
using System.Text;
using MiniGrad.Formats.Weights;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>Every way to break a NumPy file, with the words of the refusal, which comes before memory is taken.</summary>
public sealed class NpyHostileTests : IDisposable
{
    private const string Good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Whole files.</summary>
    public static TheoryData<string, byte[], long, string> Files => new()
    {
        { "empty", [], 0, "the file is empty" },
        { "cut in the signature", [0x93, (byte)'N'], 0, "no NumPy array begins here" },
        { "another signature", Array("", signature: "NUMPX"), 0, "no NumPy array begins here" },
        { "version 4", Array(Good, version: 4), 6, "format version 4.0" },
        { "version 0", Array(Good, version: 0), 6, "format version 0.0" },
        { "cut in the length", [0x93, .. "NUMPY"u8, 2, 0, 9, 0], 8, "inside the length of its header" },
        { "header past the end", [0x93, .. "NUMPY"u8, 1, 0, 9, 0, (byte)'{'], 8, "declares 9 bytes, 1 are left" },
        { "header of 4 GB", [0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, (byte)'{'], 8, "declares 4294967295 bytes, at most 65536" },
        { "numbers cut short", Array(Good, data: 7), 74, "needs 8 bytes of numbers, the file holds 7" },
        { "bytes after the numbers", Array(Good, data: 9), 75, "1 bytes follow the 8 bytes of numbers" },
        { "a shape that wraps", Array("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"),
            8, "overflows 63 bits" },
        { "a shape that wraps behind a zero",
            Array("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }"), 8, "overflows 63 bits" },
        { "a shape of 2^62", Array("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,), }"),
            93, "needs 36893488147419103232 bytes" },
    };

    /// <summary>Headers over eight bytes of numbers; the mark ¦ is taken out and stands where the error must be reported.</summary>
    public static TheoryData<string, string> Headers => new()
    {
        { "¦", "its end where '{' belongs" },
        { "¦[1]", "'[' where '{' belongs" },
        { "{¦", "key is no text: its end" },
        { "{'descr'¦ '<f4'}", "''' where ':' belongs" },
        { "{'descr': ¦4}", "descr is no text: '4'" },
        { "{'descr': '<f4¦", "ends inside its descr" },
        { "{'descr': '<f4¦\\x00'}", "no short text" },
        { "{'descr': '<f4¦\u0001'}", "no short text" },
        { "{'descr': ¦'f4', 'fortran_order': False, 'shape': (2,)}", "numbers of type \"f4\"" },
        { "{'descr': ¦'=f4', 'fortran_order': False, 'shape': (2,)}", "numbers of type \"=f4\"" },
        { "{'descr': ¦'|f4', 'fortran_order': False, 'shape': (2,)}", "numbers of type \"|f4\"" },
        { "{'descr': ¦'', 'fortran_order': False, 'shape': (2,)}", "numbers of type \"\"" },
        { "{'descr': ¦'|V8', 'fortran_order': False, 'shape': (2,)}", "numbers of type \"|V8\"" },
        { "{'descr': ¦[('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "records" },
        { "{'descr': '<f4', ¦'descr': '<f4'}", "descr occurs twice" },
        { "{'descr': '<f4', ¦'kind': 1}", "unknown key \"kind\"" },
        { "¦{'descr': '<f4', 'fortran_order': False, }", "shape is missing" },
        { "¦{'descr': '<f4', 'shape': (2,), }", "fortran_order is missing" },
        { "¦{}", "descr is missing" },
        { "{'fortran_order': ¦false}", "neither True nor False" },
        { "{'fortran_order': ¦0}", "neither True nor False" },
        { "{'fortran_order': True¦x}", "'x' where '}' belongs" },
        { "{'shape': ¦2}", "'2' where '(' belongs" },
        { "{'shape': (2¦)}", "a number in brackets" },
        { "{'shape': (¦-2,)}", "holds '-' where a size belongs" },
        { "{'shape': (2¦.0,)}", "a number in brackets" },
        { "{'shape': (¦None,)}", "holds 'N' where a size belongs" },
        { "{'shape': (¦9223372036854775808,)}", "a number of 19 digits, beyond 2^63" },
        { "{'shape': (2, 2¦ 2)}", "'2' where ')' belongs" },
        { Good + " ¦1", "other signs follow" },
        { "{'shape': (¦__import__('os').system('true'),)}", "holds '_' where a size belongs" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_broken_file_is_refused(string name, byte[] bytes, long offset, string words) => Refused(name, bytes, offset, words);

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_broken_header_is_refused(string header, string words)
    {
        int at = header.IndexOf('¦', StringComparison.Ordinal);
        string text = header.Remove(at, 1);
        // Space before a sign is passed over.
        int space = text.AsSpan(at).Length - text.AsSpan(at).TrimStart(' ').Length;
        Refused(header, Array(text), 10 + at + space, words);
    }

    [Fact]
    public void Every_beginning_of_a_file_is_refused()
    {
        foreach (string name in (string[])["fortran-f4.npy", "stored.npz", "deflated.npz"])
        {
            byte[] whole = NpySample.Bytes(name);
            for (int length = 0; length < whole.Length; length += length < 200 ? 1 : 7)
            {
                string path = folder.Put("part", whole[..length]);
                NpyException error = Assert.Throws<NpyException>(() => Open(path, name));
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Python_2_sizes_and_single_axes_without_space_are_read()
    {
        using NpyFile file = NpyFile.Open(folder.Put("two.npy", Array("{\"descr\":\"<f4\",\"fortran_order\":True,\"shape\":(2L,)}")));
        Assert.Equal(new Shape(2), file.Read("two").Shape);
    }

    [Fact]
    public void A_bool_that_is_neither_is_refused()
    {
        byte[] bytes = Array("{'descr': '|b1', 'fortran_order': True, 'shape': (2, 4)}");
        bytes[^1] = 2;
        using NpyFile file = NpyFile.Open(folder.Put("b.npy", bytes));
        Assert.Contains("2 is no BOOL", Assert.Throws<NpyException>(() => file.Read("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_holds_only_arrays_and_names_each_once()
    {
        byte[] array = Array(Good);
        Assert.Contains("\"notes.txt\" in the archive is no NumPy array",
            Bad(("a.npy", array), ("notes.txt", [1])), StringComparison.Ordinal);
        Assert.Contains("is no NumPy array", Bad((".npy", array)), StringComparison.Ordinal);
        Assert.Contains("names \"a.npy\" twice", Bad(("a.npy", array), ("a.npy", array)), StringComparison.Ordinal);
        Assert.Contains("\"b.npy\": no NumPy array begins here", Bad(("a.npy", array), ("b.npy", [1, 2, 3])), StringComparison.Ordinal);
        Assert.Contains("\"a.npy\": holds Python objects",
            Bad(("a.npy", Array("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}"))), StringComparison.Ordinal);
        Assert.Contains("\"a.npy\": the shape in F32 needs 8 bytes of numbers, the file holds 5",
            Bad(("a.npy", Array(Good, data: 5))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_in_an_archive_is_refused_unread()
    {
        byte[] bytes = Zip([("a.npy", [.. Array("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}"), .. new byte[40_000_000]])]);
        Assert.True(bytes.Length < 1_000_000);
        string path = folder.Put("bomb.npz", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("the archive unpacks 40000",
            Assert.Throws<NpyException>(() => NpzFile.Open(path)).Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 400_000);
    }

    private static void Open(string path, string name)
    {
        if (name.EndsWith(".npz", StringComparison.Ordinal)) NpzFile.Open(path).Dispose();
        else NpyFile.Open(path).Dispose();
    }

    private void Refused(string name, byte[] bytes, long offset, string words)
    {
        string path = folder.Put("hostile.npy", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        NpyException error = Assert.Throws<NpyException>(() => NpyFile.Open(path));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 200_000, $"{name}: allocated {allocated} bytes");
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.True(offset == error.Offset, $"{name}: at {error.Offset}, expected {offset}: {error.Message}");
    }

    private string Bad(params (string Name, byte[] Bytes)[] files)
    {
        string path = folder.Put("hostile.npz", Zip(files));
        return Assert.Throws<NpyException>(() => NpzFile.Open(path)).Message;
    }

    private static byte[] Zip((string Name, byte[] Bytes)[] files)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    private static byte[] Array(string header, int data = 8, byte version = 1, string signature = "NUMPY") =>
        [
            0x93, .. Encoding.ASCII.GetBytes(signature), version, 0, .. BitConverter.GetBytes((short)header.Length),
            .. Encoding.ASCII.GetBytes(header), .. new byte[data],
        ];
}
