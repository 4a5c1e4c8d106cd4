using System.Diagnostics;
using System.Text;
using MiniGrad.Formats.Weights;
using Xunit;

namespace MiniGrad.Tests.Formats;

/// <summary>Every way to break a safetensors file, with the place and the words of the refusal.</summary>
public sealed class SafetensorsHostileTests : IDisposable
{
    private const string Good = """{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""";

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Whole files.</summary>
    public static TheoryData<string, byte[], long, string> Files => new()
    {
        { "empty", [], 0, "empty" },
        { "one byte", [7], 1, "too few" },
        { "seven bytes", [1, 0, 0, 0, 0, 0, 0], 7, "too few" },
        { "header past the end", [3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'], 0, "past the end" },
        { "header of 100 MB + 1", [.. BitConverter.GetBytes(100_000_001L), (byte)'{', (byte)'}'], 0, "exceeds 100000000" },
        { "header of 2^62", [.. BitConverter.GetBytes(1L << 62), (byte)'{', (byte)'}'], 0, "4611686018427387904" },
        { "header of 2^64 - 1", [.. BitConverter.GetBytes(-1L), (byte)'{', (byte)'}'], 0, "18446744073709551615" },
        { "header that wraps to the file's size", [.. BitConverter.GetBytes(-6L), (byte)'{', (byte)'}'], 0, "exceeds" },
        { "no header", new byte[8], 8, "is empty" },
        { "not UTF-8", [.. BitConverter.GetBytes(4L), (byte)'{', 0xFF, (byte)'}', (byte)' '], 9, "not UTF-8" },
        { "overlong UTF-8", [.. BitConverter.GetBytes(5L), (byte)'{', (byte)'"', 0xC0, 0xAF, (byte)'}'], 10, "not UTF-8" },
        { "cut UTF-8", [.. BitConverter.GetBytes(3L), (byte)'{', (byte)'"', 0xE2], 10, "not UTF-8" },
        { "a web page", "<!DOCTYPE html><html><body>404</body></html>"u8.ToArray(), 0,
            "looks like an HTML page: the download gave a web page, not weights" },
        { "a web page after space", "\uFEFF\r\n  <HTML><head>"u8.ToArray(), 0, "looks like an HTML page" },
        { "an LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n"u8.ToArray(), 0, "git lfs pull" },
        { "a zip file", [.. "PK\u0003\u0004"u8, 0, 0, 8, 8, 0, 0, 0, 0], 0, "PyTorch" },
        { "only PK", "PK"u8.ToArray(), 0, "PyTorch" },
        { "a pickle", [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], 0, "pickle" },
        { "HDF5", [0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10], 0, "HDF5 file (Keras" },
        { "gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], 0, "gzip" },
        { "data cut short", SafetensorsTests.Bytes($$"""{"a":{{Good}}}""", new byte[3]), 8 + 47, "cut short" },
        { "bytes after the last tensor", SafetensorsTests.Bytes($$"""{"a":{{Good}}}""", new byte[5]),
            8 + 54 + 4, "1 bytes follow the last tensor" },
        { "bytes without tensors", SafetensorsTests.Bytes("{}", new byte[5]), 10, "5 bytes follow" },
    };

    /// <summary>Headers over eight bytes of data; the mark ¦ is taken out and stands where the error must be reported.</summary>
    public static TheoryData<string, string> Headers => new()
    {
        { "¦hello", "must be a JSON object" },
        { "¦[1,2]", "must be a JSON object" },
        { "¦\"a\"", "must be a JSON object" },
        { "¦ {}", "must be a JSON object" },
        { "{\"a\" ¦1}", "not valid JSON" },
        { "{}¦x", "not valid JSON" },
        { "{} ¦{}", "not valid JSON" },
        { "{¦/* no */}", "not valid JSON" },
        { "{\"a\":¦1}", "must be an object" },
        { "{\"a\":1¦", "not valid JSON" },
        { "{\"a\"¦", "not valid JSON" },
        { "{\"a\":¦{}}", "dtype is missing" },
        { "{\"a\":¦null}", "must be an object, found Null" },
        { "{\"a\":¦[]}", "must be an object" },
        { $$"""{"a":{{Good}},¦"a":{{Good}}}""", "occurs twice" },
        { $$"""{"a":{{Good}},¦"\u0061":{{Good}}}""", "occurs twice" },
        { """{"__metadata__":{},¦"__metadata__":{}}""", "occurs twice" },
        { """{"__metadata__":{"a":"1",¦"a":"1"}}""", "occurs twice" },
        { """{"__metadata__":{"a":¦1}}""", "must be a string" },
        { """{"__metadata__":{"a":¦null}}""", "must be a string" },
        { """{"__metadata__":{"a":¦{"b":"c"}}}""", "must be a string" },
        { """{"__metadata__":¦["a"]}""", "object of strings" },
        { """{"__metadata__":{"a":¦"\ud800"}}""", "surrogate" },
        { """{¦"\udc00":{}}""", "surrogate" },
        { """{"a":{"dtype":¦"F31","shape":[2],"data_offsets":[0,8]}}""", "unknown dtype \"F31\"" },
        { """{"a":{"dtype":¦"f32","shape":[2],"data_offsets":[0,8]}}""", "unknown dtype" },
        { """{"a":{"dtype":¦32,"shape":[2],"data_offsets":[0,8]}}""", "dtype must be a string" },
        { """{"a":{"dtype":"F32",¦"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "dtype occurs twice" },
        { """{"a":{"dtype":"F32","shape":[2],¦"shape":[2],"data_offsets":[0,8]}}""", "shape occurs twice" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],¦"data_offsets":[0,8]}}""", "data_offsets occurs twice" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],¦"extra":1}}""", "unknown key \"extra\"" },
        { """{"a":¦{"shape":[2],"data_offsets":[0,8]}}""", "dtype is missing" },
        { """{"a":¦{"dtype":"F32","data_offsets":[0,8]}}""", "shape is missing" },
        { """{"a":¦{"dtype":"F32","shape":[2]}}""", "data_offsets is missing" },
        { """{"a":{"dtype":"F32","shape":¦2,"data_offsets":[0,8]}}""", "array of integers" },
        { """{"a":{"dtype":"F32","shape":[¦"2"],"data_offsets":[0,8]}}""", "array of integers" },
        { """{"a":{"dtype":"F32","shape":[¦-2],"data_offsets":[0,8]}}""", "-2 is negative" },
        { """{"a":{"dtype":"F32","shape":[¦-0],"data_offsets":[0,8]}}""", "negative" },
        { """{"a":{"dtype":"F32","shape":[¦2.0],"data_offsets":[0,8]}}""", "2.0 is no integer" },
        { """{"a":{"dtype":"F32","shape":[¦2e0],"data_offsets":[0,8]}}""", "2e0 is no integer" },
        { """{"a":{"dtype":"F32","shape":[¦9223372036854775808],"data_offsets":[0,8]}}""", "no integer below 2^63" },
        { """{"a":{"dtype":"F32","shape":[¦1e400],"data_offsets":[0,8]}}""", "no integer" },
        { """{"a":{"dtype":"F32","shape":¦[4294967296,4294967296],"data_offsets":[0,8]}}""", "overflows" },
        { """{"a":{"dtype":"F32","shape":¦[9223372036854775807],"data_offsets":[0,8]}}""", "overflows" },
        { """{"a":{"dtype":"F32","shape":¦[0,4294967296,4294967296],"data_offsets":[0,0]}}""", "overflows" },
        { """{"a":{"dtype":"F4","shape":¦[3],"data_offsets":[0,2]}}""", "whole bytes" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":¦[0,8]}}""", "span 8 bytes, but the shape in F32 needs 12" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":¦[0,8]}}""", "needs 4" },
        { """{"a":{"dtype":"F32","shape":[0],"data_offsets":¦[0,8]}}""", "needs 0" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":¦[8,0]}}""", "begin at 8, after their end 0" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[¦-8,0]}}""", "negative" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":¦[4,12]}}""", "holds 8 bytes of data" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":¦[9223372036854775799,9223372036854775807]}}""", "holds 8 bytes" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":¦[8]}}""", "not begin and end" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,¦8]}}""", "more than 2" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}¦""", "4 bytes before \"a\" belong to no tensor" },
    };

    /// <summary>Two tensors whose ranges do not tile eight bytes; the offset counts from the start of the data.</summary>
    public static TheoryData<int, int, int, int, int, string> Ranges => new()
    {
        { 0, 4, 0, 4, 0, "overlaps" },
        { 0, 4, 2, 6, 2, "overlaps" },
        { 0, 4, 5, 8, 4, "belong to no tensor" },
        { 1, 4, 4, 8, 0, "belong to no tensor" },
        { 0, 4, 4, 7, 7, "follow the last tensor" },
        { 4, 8, 1, 4, 0, "belong to no tensor" },
        { 0, 8, 2, 2, 2, "" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_broken_file_is_refused(string name, byte[] bytes, long offset, string words) => Refused(name, bytes, offset, words);

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_broken_header_is_refused(string marked, string words)
    {
        int mark = Encoding.UTF8.GetByteCount(marked[..marked.IndexOf('¦', StringComparison.Ordinal)]);
        Refused("header", SafetensorsTests.Bytes(marked.Replace("¦", "", StringComparison.Ordinal), new byte[8]), 8 + mark, words);
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Ranges_must_tile_the_data(int begin1, int end1, int begin2, int end2, int offset, string words)
    {
        string header = $"{{\"a\":{Entry(begin1, end1)},\"b\":{Entry(begin2, end2)}}}";
        Refused("ranges", SafetensorsTests.Bytes(header, new byte[8]), 8 + header.Length + offset, words);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void A_depth_bomb_is_refused(string level)
    {
        string bomb = string.Concat(Enumerable.Repeat(level, 200_000));
        Refused("bomb", SafetensorsTests.Bytes($"{{\"__metadata__\":{bomb}"), null, "");
        Refused("bomb", SafetensorsTests.Bytes($"{{\"a\":{{\"shape\":{bomb}"), null, "");
        Refused("bomb", SafetensorsTests.Bytes($"{{\"a\":{{\"dtype\":\"F32\",\"x\":{bomb}"), null, "");
    }

    [Fact]
    public void A_long_name_does_not_flood_the_message()
    {
        string name = new string('x', 1_000_000) + "\\u001b[31m";
        var e = Refused("long", SafetensorsTests.Bytes($$"""{"\u001b[31m{{name}}":1}"""), null, "must be an object");
        Assert.True(e.Message.Length < 500, $"{e.Message.Length} characters");
        Assert.DoesNotContain('\u001b', e.Message);
    }

    [Fact]
    public void Many_numbers_are_refused_without_keeping_them()
    {
        string header = $"{{\"a\":{{\"data_offsets\":[{string.Join(',', Enumerable.Repeat("0", 500_000))}]}}}}";
        Refused("many", SafetensorsTests.Bytes(header), null, "more than 2");
    }

    [Fact]
    public void Counts_are_limited()
    {
        string axes = string.Join(',', Enumerable.Repeat("1", 64));
        Refused("axes", SafetensorsTests.Bytes($"{{\"a\":{{\"shape\":[{axes},1]}}}}"), 8 + 15 + axes.Length + 1, "more than 64 numbers");
        string names = string.Join(',',
            Enumerable.Range(0, 100_001).Select(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"));
        Refused("names", SafetensorsTests.Bytes($"{{{names}}}"), null, "more than 100000 names");
        string keys = string.Join(',', Enumerable.Range(0, 100_001).Select(i => $"\"{i}\":\"\""));
        Refused("keys", SafetensorsTests.Bytes($"{{\"__metadata__\":{{{keys}}}}}"), null, "more than 100000 keys", perByte: 40);
    }

    [Fact]
    public void A_refused_file_is_closed()
    {
        string path = folder.Put("x", [1, 2, 3]);
        Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));
        using FileStream again = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(3, again.Length);
    }

    private static string Entry(int begin, int end) => $"{{\"dtype\":\"U8\",\"shape\":[{end - begin}],\"data_offsets\":[{begin},{end}]}}";

    private SafetensorsException Refused(string name, byte[] bytes, long? offset, string words, int perByte = 20)
    {
        string path = folder.Put("hostile.safetensors", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        var e = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), $"{name}: took {Stopwatch.GetElapsedTime(started)}");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 400_000 + (long)perByte * bytes.Length,
            $"{name}: allocated {allocated} bytes for a file of {bytes.Length}");
        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Equal(path, e.Path);
        if (offset is { } expected) Assert.True(expected == e.Offset, $"{name}: at {e.Offset}, expected {expected}: {e.Message}");
        return e;
    }
}
