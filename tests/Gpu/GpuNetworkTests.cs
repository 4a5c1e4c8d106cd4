using MiniGrad.Tests.Devices;
using MiniGrad.Tests.Goldens;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>Networks against PyTorch, and every attack and probe against the processor, on a GPU's kernels.</summary>
public class GpuNetworkTests
{
    public static TheoryData<string> Attacks => FollowTests.Attacks;

    public static TheoryData<string> Curvatures => FollowTests.Curvatures;

    [GpuTheory]
    [InlineData("lenet5", "1x28x28-10", "f32")]
    [InlineData("lenet5", "1x28x28-10", "f64")]
    [InlineData("lenet5-tanh", "1x28x28-10-blur4", "f64")]
    [InlineData("resnet20-cifar", "3x20x28-100", "f32")]
    [InlineData("wrn-10-1", "3x32x32-10", "f64")]
    [InlineData("squeezenet1_1", "3x37x45-1000", "f32")]
    [InlineData("deit-tiny", "3x32x48-1000", "f32")]
    public void LogitsAndInputGradientsArePyTorchs(string name, string @case, string type) =>
        CatalogNetworkTests.Agrees(name, @case, type, AnyGpu.Device);

    [GpuTheory, MemberData(nameof(Attacks))]
    public void AnAttackEndsAsOnTheProcessor(string name) => FollowTests.CheckAttack(name, AnyGpu.Device);

    [GpuTheory, MemberData(nameof(Curvatures))]
    public void CurvaturesAreThoseOfTheProcessor(string kind) => FollowTests.CheckCurvature(kind, AnyGpu.Device);

    [GpuFact]
    public void OtherProbesFollowToo() => FollowTests.CheckProbes(AnyGpu.Device);

    [GpuFact]
    public void AUniversalPerturbationIsThatOfTheProcessor() => FollowTests.CheckUniversal(AnyGpu.Device);

    [GpuFact]
    public void LpipsMovesTheImagesToItsWeights() => FollowTests.CheckLpips(AnyGpu.Device);
}
