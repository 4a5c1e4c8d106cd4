using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>Rotation and shift against PyTorch's affine_grid and grid_sample: the images, and their slopes in image and warp.</summary>
public sealed class SpatialGoldenTests
{
    private const double Degrees = 30;
    private const double Pixels = 3;

    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (GoldenRecord record in GoldenFile.Read("spatial.jsonl"))
            {
                rows.Add(record.Case, Device.Cpu.Name);
                rows.Add(record.Case, Device.Reference.Name);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void AWarpIsPyTorchs(string @case, string device)
    {
        GoldenRecord record = GoldenFile.Find("spatial.jsonl", "warp", @case, "f64");
        Warp warp = new(Degrees, Pixels, Enum.Parse<Border>(record.Json.GetProperty("border").GetString()!, ignoreCase: true));
        int every = record.Json.GetProperty("every").GetInt32();
        Tensor image = record.Inputs[0].Build(DType.F64, GoldenFile.DeviceOf(device)).Tracked();
        double[][] warps = [.. record.Json.GetProperty("warps").EnumerateArray().Select(GoldenRecord.Numbers)];
        double[] limits = [Degrees, Pixels, Pixels];
        Tensor point = Tensor.From([.. warps.SelectMany(w => w.Zip(limits, (value, limit) => value / limit))],
            [warps.Length, limits.Length], image.Device).Tracked();
        Tensor y = warp.Render(image, point);
        Tensor weights = GoldenFormula.Tensor(y.Shape, DType.F64, y.Device, GoldenFormula.WeightPhase);
        Tensor[] slopes = Gradient.Of((y * weights).Sum(), [image, point]);
        Assert.Equal(record.Json.GetProperty("sum").GetDouble(), y.Sum().Item(), 1e-9);
        AssertClose(record, "values", y);
        AssertClose(record, "image_gradient", slopes[0]);
        double[] expected = [.. record.Json.GetProperty("warp_gradient").EnumerateArray().SelectMany(GoldenRecord.Numbers)
            .Select((slope, i) => slope * limits[i % limits.Length])];
        GoldenAssert.Close("slopes of the warp", expected, slopes[1], 1e-10);

        void AssertClose(GoldenRecord of, string name, Tensor found)
        {
            double[] all = GoldenAssert.Doubles(found.Detach());
            double[] some = [.. all.Where((_, i) => i % every == 0)];
            GoldenAssert.Close(name, GoldenRecord.Numbers(of.Json.GetProperty(name)), Tensor.From(some), 1e-11);
        }
    }

    [Theory]
    [InlineData(Border.Zero)]
    [InlineData(Border.Edge)]
    [InlineData(Border.Reflect)]
    public void TheKernelComputesWhatGathersAndWeightsDo(Border border)
    {
        Shape shape = [3, 2, 13, 11];
        Tensor image = GoldenFormula.Tensor(shape, DType.F32, Device.Cpu, 13, 0.5, 0.5);
        Tensor columns = GoldenFormula.Tensor([3, 9, 10], DType.F32, Device.Cpu, 21, 14, 5);
        Tensor rows = GoldenFormula.Tensor([3, 9, 10], DType.F32, Device.Cpu, 22, 14, 6);
        Tensor On(Device device) => image.To(device).BilinearSample(columns.To(device), rows.To(device), border);
        Numbers.SameBits(On(Device.Reference).To(Device.Cpu), On(Device.Cpu), $"{border}");
    }
}
