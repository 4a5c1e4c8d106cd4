using System.Security.Cryptography;
using System.Text.Json;
using MiniGrad.Formats.Images;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>JPEG decoding, resizing and cropping give the very bytes that Pillow and torchvision give.</summary>
public sealed class ImageGoldenTests
{
    private const string File = "images.jsonl";

    public static TheoryData<string> Decoded => Names(record => record.TryGetProperty("file", out _));

    public static TheoryData<string> Resized => Names(record => Starts(record, "resize-"));

    public static TheoryData<string> Transformed => Names(record => Starts(record, "transform-"));

    [Theory]
    [MemberData(nameof(Decoded))]
    public void Decoding_equals_pillow(string name)
    {
        JsonElement record = Find(name);
        Check(record, Jpeg.Decode(record.GetProperty("file").GetBytesFromBase64(), name));
    }

    [Theory]
    [MemberData(nameof(Resized))]
    public void Resizing_equals_pillow(string name)
    {
        JsonElement record = Find(name);
        Check(record, Resample.Resize(Noise(record), record.GetProperty("width").GetInt32(),
            record.GetProperty("height").GetInt32(), Filter(record)));
    }

    [Theory]
    [MemberData(nameof(Transformed))]
    public void Transforming_equals_torchvision(string name)
    {
        JsonElement record = Find(name);
        ImageTransform transform = new(record.GetProperty("resize").GetInt32(),
            record.GetProperty("height").GetInt32(), record.GetProperty("width").GetInt32(), Filter(record));
        Check(record, transform.Apply(Noise(record)));
    }

    private static TheoryData<string> Names(Func<JsonElement, bool> wanted) =>
        [.. GoldenFile.Read(File).Where(record => wanted(record.Json)).Select(record => record.Name)];

    private static bool Starts(JsonElement record, string prefix) =>
        record.GetProperty("name").GetString()!.StartsWith(prefix, StringComparison.Ordinal);

    private static JsonElement Find(string name) => GoldenFile.Read(File).Single(record => record.Name == name).Json;

    private static Interpolation Filter(JsonElement record) =>
        Enum.Parse<Interpolation>(record.GetProperty("interpolation").GetString()!, ignoreCase: true);

    /// <summary>The formula of the golden files with phase 1, as bytes.</summary>
    private static PixelImage Noise(JsonElement record)
    {
        int[] size = [.. record.GetProperty("source").EnumerateArray().Select(value => value.GetInt32())];
        byte[] pixels =
            [.. Enumerable.Range(0, size[0] * size[1] * size[2]).Select(i => (byte)((i * 7919L + 104729 + 12345) % 65536 >> 8))];
        return new(size[0], size[1], size[2], pixels);
    }

    private static void Check(JsonElement expected, PixelImage actual)
    {
        (int, int, int) size = (expected.GetProperty("width").GetInt32(),
            expected.GetProperty("height").GetInt32(), expected.GetProperty("channels").GetInt32());
        Assert.Equal(size, (actual.Width, actual.Height, actual.Channels));
        Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(actual.Pixels)));
    }
}
