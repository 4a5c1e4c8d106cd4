using MiniGrad.Tests.Goldens;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>One kernel turns and moves images; where somebody records, operations that differentiate do. Both must agree.</summary>
public sealed class RotateShiftTests
{
    public static TheoryData<int, int, int, DType, Border> Cases
    {
        get
        {
            TheoryData<int, int, int, DType, Border> cases = [];
            foreach ((int channels, int height, int width) in ((int, int, int)[])[
                (1, 28, 28), (3, 32, 32), (2, 13, 11), (1, 3, 5), (1, 40, 37)])
            {
                foreach (Border border in Enum.GetValues<Border>())
                {
                    cases.Add(channels, height, width, DType.F32, border);
                    cases.Add(channels, height, width, DType.F64, border);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheKernelHasTheBitsOfTheOperations(int channels, int height, int width, DType type, Border border)
    {
        const int Count = 9;
        Tensor image = GoldenFormula.Tensor([Count, channels, height, width], type, Device.Cpu, 31, 0.5, 0.5);
        Tensor angle = GoldenFormula.Tensor([Count], type, Device.Cpu, 32, 1.5);
        Tensor right = GoldenFormula.Tensor([Count], type, Device.Cpu, 33, 6);
        Tensor down = GoldenFormula.Tensor([Count], type, Device.Cpu, 34, 6);
        Tensor kernel = image.RotateShift(angle, right, down, border);
        Tensor recorded = image.Detach().Tracked().RotateShift(angle, right, down, border).Detach();
        Numbers.SameBits(recorded, kernel, $"{border}");
        Assert.True((kernel - image).Abs().Max().Item() > 0.1);
    }

    [Fact]
    public void ImagesThatAreNoLongerInOrderAreTurnedToo()
    {
        Tensor image = GoldenFormula.Tensor([2, 7, 9, 3], DType.F32, Device.Cpu, 35, 0.5, 0.5).Permute(0, 3, 1, 2);
        Tensor move = Ops.Zeros([2], DType.F32, Device.Cpu);
        Numbers.SameBits(image.Contiguous(), image.RotateShift(move, move, move), "identity");
    }

    [Fact]
    public void MovesThatDoNotFitAreNamed()
    {
        Tensor image = Ops.Zeros([2, 1, 4, 4], DType.F32, Device.Cpu);
        Tensor two = Ops.Zeros([2], DType.F32, Device.Cpu), three = Ops.Zeros([3], DType.F32, Device.Cpu);
        string message = Assert.Throws<ArgumentException>(() => image.RotateShift(two, three, two)).Message;
        Assert.Equal("rotate-shift: the shifts [3] must match the batch of [2, 1, 4, 4].", message);
    }
}
