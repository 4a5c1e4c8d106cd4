using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Formats;
using MiniGrad.Formats.Images;
using MiniGrad.Formats.Weights;
using MiniGrad.Probes.Distances;
using MiniGrad.Tests.Formats;
using MiniGrad.Tests.Probes;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary><c>minigrad distance</c>: its numbers against the pixels, and what it refuses.</summary>
public sealed class DistanceCommandTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void OfImageFiles()
    {
        byte[] left = Noise(12 * 13 * 3, 1);
        byte[] right = Noise(12 * 13 * 3, 2);
        JsonObject json = CliRun.Of("distance", Image("a", 12, 13, 3, left), Image("b", 12, 13, 3, right), "--json").Json;
        double[] d = [.. left.Zip(right, (x, y) => (x - y) / 255.0)];
        double l2 = Math.Sqrt(d.Sum(v => v * v));
        Assert.Equal(1, json["count"]!.GetValue<int>());
        Assert.Equal("[3,13,12]", json["shape"]!.ToJsonString());
        Assert.Equal(l2, One(json, "l2"), 1e-5);
        Assert.Equal(l2 / Math.Sqrt(12 * 13 * 3), One(json, "rmse"), 1e-7);
        Assert.Equal(d.Max(Math.Abs), One(json, "linf"), 1e-7);
        Assert.Equal(Ssim.Of(Planes(left), Planes(right))[0], One(json, "ssim"), 1e-6);
        Assert.False(json.ContainsKey("lpips"));
    }

    [Fact]
    public void OfAnImageAndItself()
    {
        string path = Image("a", 12, 13, 1, Noise(12 * 13, 1));
        CliRun run = CliRun.Of("distance", path, path);
        Assert.Equal(0, run.Code);
        Assert.Matches(@"image +RMSE +L2 +L-inf +SSIM\n0 +0\.000000 +0\.000000 +0\.000000 +1\.000000\n$", run.Out);
    }

    [Fact]
    public void GreyAndColourAreComparedInColour()
    {
        byte[] grey = Noise(12 * 13, 1);
        JsonObject json = CliRun.Of("distance", Image("a", 12, 13, 1, grey),
            Image("b", 12, 13, 3, [.. grey.SelectMany(v => (byte[])[v, v, v])]), "--json").Json;
        Assert.Equal("[3,13,12]", json["shape"]!.ToJsonString());
        Assert.Equal(0, One(json, "l2"));
    }

    [Theory, InlineData("f32"), InlineData("f64")]
    public void OfTensors_WithLpips(string precision)
    {
        LpipsFiles weights = new(folder["."]);
        Tensor a = ClosedForm.Images(3, [3, 40, 36], 1);
        Tensor b = ClosedForm.Images(3, [3, 40, 36], 2);
        string[] command = ["distance", Images("a", a), Images("b", b), .. weights.Options, "--precision", precision];
        JsonObject json = CliRun.Of([.. command, "--json"]).Json;
        double[] expected = weights.Lpips.Of(a, b);
        double[] lpips = [.. json["lpips"]!.AsArray().Select(value => value!.GetValue<double>())];
        Assert.Equal(3, lpips.Length);
        for (int i = 0; i < 3; i++) Assert.Equal(expected[i], lpips[i], precision == "f32" ? 1e-12 : 1e-4 * expected[i]);
        for (int i = 0; i < 3; i++) Assert.Equal(Ssim.Of(a, b)[i], json["ssim"]!.AsArray()[i]!.GetValue<double>(), 1e-9);
        Assert.Equal("squeeze", json["lpips_net"]!.GetValue<string>());
        Assert.Equal(FileHash.Sha256(weights.Backbone), json["lpips_backbone_sha256"]!.GetValue<string>());
        Assert.Equal(FileHash.Sha256(weights.Heads), json["lpips_heads_sha256"]!.GetValue<string>());
        string[] lines = CliRun.Of(command).Out.TrimEnd('\n').Split('\n');
        Assert.EndsWith("LPIPS (squeeze)", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" " + lpips[1].ToString("0.000000", CultureInfo.InvariantCulture), lines[2], StringComparison.Ordinal);
        Assert.Matches($@"^mean .* {lpips.Average().ToString("0.000000", CultureInfo.InvariantCulture)}$", lines[4]);
    }

    [Fact]
    public void FilesThatDoNotFit()
    {
        string small = Image("small", 4, 5, 1, new byte[20]);
        CliRun.Of("distance", small, Image("large", 6, 5, 1, new byte[30])).AssertFails(3, "small.png is 4 x 5", "large.png 6 x 5");
        CliRun.Of("distance", small, folder["none.png"]).AssertFails(3, "none.png", "does not exist");
        CliRun.Of("distance", folder["."], small).AssertFails(3, "is a folder");
        folder.Put("text.png", [1, 2, 3]);
        CliRun.Of("distance", small, folder["text.png"]).AssertFails(3, "text.png");
        string two = Images("two", Ops.Zeros([2, 1, 8, 8]));
        CliRun.Of("distance", two, small).AssertFails(2, "two.safetensors is a tensor file", "small.png");
        CliRun.Of("distance", two, Images("one", Ops.Zeros([1, 1, 8, 8]))).AssertFails(3, "[2, 1, 8, 8]", "[1, 1, 8, 8]");
        CliRun.Of("distance", two, Images("flat", Ops.Zeros([2, 64]))).AssertFails(3, "flat.safetensors", "[2, 64]", "[N, C, H, W]");
        CliRun.Of("distance", two, Images("bright", Ops.Full([2, 1, 8, 8], 1.0042)))
            .AssertFails(3, "bright.safetensors", "x[0, 0, 0, 0] is 1.0042", "outside [0, 1]");
    }

    [Fact]
    public void LpipsWithoutItsWeights()
    {
        LpipsFiles weights = new(folder["."]);
        string image = Image("a", 40, 40, 3, new byte[4800]);
        CliRun Run(params string[] more) => CliRun.Of(["distance", image, image, .. more]);
        Run("--lpips-net", "alex").AssertFails(2, "--lpips-backbone is missing");
        Run("--lpips-heads", weights.Heads).AssertFails(2, "--lpips-backbone is missing");
        Run("--lpips-backbone", weights.Backbone).AssertFails(2, "--lpips-heads is missing");
        Run("--lpips-net", "alx", "--lpips-backbone", weights.Backbone, "--lpips-heads", weights.Heads)
            .AssertFails(2, "\"alx\"", "did you mean \"alex\"?");
        Run("--lpips-backbone", folder["none.pth"], "--lpips-heads", weights.Heads)
            .AssertFails(3, "--lpips-backbone", "none.pth", "does not exist");
        Run("--lpips-backbone", weights.Backbone, "--lpips-heads", weights.Heads).AssertFails(3, "lpips-alex backbone",
            "missing \"features.6.weight\" [384, 192, 3, 3]", "unused \"features.3.squeeze.weight\"");
        Run("--lpips-net", "squeeze", "--lpips-backbone", weights.Backbone, "--lpips-heads", weights.Backbone)
            .AssertFails(3, "lpips-squeeze linear weights", "missing \"lin0.model.1.weight\" [1, 64, 1, 1]");
        string four = Images("four", Ops.Zeros([1, 4, 40, 40]));
        CliRun.Of(["distance", four, four, .. weights.Options]).AssertFails(3, "[1, 4, 40, 40]", "1 or 3 channels");
    }

    [DataFact("weights/lpips")]
    public void ThePublishedLinearWeightsAreRead()
    {
        LpipsFiles weights = new(folder["."]);
        string heads = Path.Combine(Environment.GetEnvironmentVariable("MINIGRAD_DATA")!, "weights", "lpips", "squeeze.pth");
        string[] images = [Images("a", ClosedForm.Images(1, [3, 40, 40], 1)), Images("b", ClosedForm.Images(1, [3, 40, 40], 2))];
        JsonObject json = CliRun.Of(
            ["distance", .. images, "--lpips-net", "squeeze", "--lpips-backbone", weights.Backbone, "--lpips-heads", heads, "--json"]).Json;
        Assert.InRange(One(json, "lpips"), 1e-3, 10);
    }

    private static double One(JsonObject json, string key) => Assert.Single(json[key]!.AsArray())!.GetValue<double>();

    private static byte[] Noise(int count, long seed) => Array.ConvertAll(new Rng(seed).Uniform(count), u => (byte)(u * 256));

    /// <summary>Interleaved bytes of a 12 × 13 colour image as a tensor.</summary>
    private static Tensor Planes(byte[] pixels) => Tensor.From(Array.ConvertAll(pixels, v => v / 255f), [1, 13, 12, 3]).Permute(0, 3, 1, 2);

    private string Image(string name, int width, int height, int channels, byte[] pixels)
    {
        ImageFile.Write(folder[$"{name}.png"], new PixelImage(width, height, channels, pixels));
        return folder[$"{name}.png"];
    }

    private string Images(string name, Tensor images)
    {
        Safetensors.Write(folder[$"{name}.safetensors"], [("x", images)]);
        return folder[$"{name}.safetensors"];
    }
}
