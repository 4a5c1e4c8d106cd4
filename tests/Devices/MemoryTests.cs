using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Curvature;
using MiniGrad.Probes.Distances;
using MiniGrad.Tests.Probes;
using MiniGrad.Training;
using Xunit;

namespace MiniGrad.Tests.Devices;

/// <summary>Where a batch does not fit into a device, half of it is taken, and no number changes.</summary>
public class MemoryTests
{
    private static readonly Shape Shape = [1, 16, 16];

    /// <summary>The bytes of one image in double.</summary>
    private const long Image = 8 * 256;

    [Fact]
    public void AnEvaluationGoesOnWithHalfAndSaysSo()
    {
        ImageDataSet digits = SyntheticDigits.Create(1, 0, 300);
        NoteList notes = new();
        int[] found = Evaluator.Predict(ModelCatalog.Create("lenet5", 1, device: new LimitedDevice(1_000_000)), digits, 300, notes: notes);
        Assert.Equal(Evaluator.Predict(ModelCatalog.Create("lenet5", 1), digits, 300), found);
        Assert.Equal(["limited: out of memory with 250 images at once; going on with 125.", "limited: out of memory with 125 images "
            + "at once; going on with 62.",
            "limited: out of memory with 62 images at once; going on with 31."],
            notes.Lines);
    }

    public static TheoryData<string> Attacks => [.. AttackCases.All.Select(c => c.Name)];

    [Theory, MemberData(nameof(Attacks))]
    public void AnAttackEndsWithTheSameBits(string name)
    {
        NoteList notes = new();
        AttackProblem here = AttackProblem.Make(ClosedForm.TwoLayer(Shape, 4, units: 4), 9);
        AttackProblem there = here with { Classifier = Limited(4 * Image + 1000, notes) };
        Attack attack = AttackCases.Of(name).Attack;
        (AttackResult expected, AttackResult found) = (here.Run(attack), there.Run(attack));
        Assert.Equal(expected.Output.ToArray<float>(), found.Output.ToArray<float>());
        Assert.Equal(expected.Examples, found.Examples);
        Assert.Equal(expected.Warnings, found.Warnings);
        Assert.Equal("limited: out of memory with 9 images at once; going on with 4.",
            notes.Lines.SkipWhile(note => note.Contains(" 8 ", StringComparison.Ordinal)).First());
        Assert.InRange(notes.Lines.Count, 1, 3);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void ACurvatureHasTheSameBits(bool full)
    {
        NoteList notes = new();
        BoundaryCurvature probe =
            new() { Hessian = HessianMethod.Central(0.5), Full = full ? new() : null, Average = full ? null : new Hutchinson(20) };
        Tensor images = ClosedForm.Images(full ? 1 : 2, Shape, type: DType.F64);
        CurvatureResult[] expected = probe.Run(ClosedForm.TwoLayer(Shape, 4, units: 16), images);
        CurvatureResult[] found = probe.Run(Limited(17 * Image, notes, units: 16), images);
        Assert.Equal(expected.SelectMany(r => r.Pairs.Select(p => p.Sum)), found.SelectMany(r => r.Pairs.Select(p => p.Sum)));
        Assert.Contains(expected.SelectMany(r => r.Pairs), p => p.Sum != 0);
        Assert.NotEmpty(notes.Lines);
    }

    [Fact]
    public void LpipsComparesFewerPairsAtOnce()
    {
        Params p = Params.Fresh(5);
        LpipsFeatures features = new(LpipsNet.Squeeze, p);
        Dictionary<string, Tensor> backbone = p.All.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        Dictionary<string, Tensor> heads = Enumerable.Range(0, features.Channels.Count)
            .ToDictionary(l => $"lin{l}.model.1.weight", l => Ops.Full([1, features.Channels[l], 1, 1], 0.1));
        (Tensor a, Tensor b) = (ClosedForm.Images(20, [3, 32, 32], 1), ClosedForm.Images(20, [3, 32, 32], 2));
        NoteList notes = new();
        Lpips limited = new(LpipsFeatures.Load(LpipsNet.Squeeze, backbone, device: new LimitedDevice(1_000_000)), heads) { Notes = notes };
        Assert.Equal(new Lpips(features, heads).Of(a, b), limited.Of(a, b));
        Assert.Equal(["limited: out of memory with 20 images at once; going on with 10."], notes.Lines);
    }

    [Fact]
    public void OneImageThatDoesNotFitIsAnErrorOfTheDevice()
    {
        NoteList notes = new();
        Classifier brightness = new(
            x =>
            {
                Tensor sum = x.Flatten().Sum(1, keepDims: true);
                return Ops.Concat([sum, 128 - sum], 1);
            }, Shape, 2)
        {
            Device = new LimitedDevice(Image / 4),
            Notes = notes,
        };
        DeviceMemoryException error = Assert.Throws<DeviceMemoryException>(() =>
            new Fgsm(Threat.Linf(0.1)).Run(brightness, ClosedForm.Images(5, Shape), Goal.Untargeted([0, 0, 0, 0, 0]), [0, 0, 0, 0, 0]));
        Assert.Equal(ExitCode.MissingResource, ErrorReport.CodeOf(error));
        Assert.Equal(["limited: out of memory with 5 images at once; going on with 2.",
            "limited: out of memory with 2 images at once; going on with 1."],
            notes.Lines);
    }

    [Fact]
    public void WhatFitsIsRememberedForTheWorkThatFollows()
    {
        List<int> sizes = [];
        MicroBatches batches = new(Device.Cpu);
        void Work(int first, int count)
        {
            sizes.Add(count);
            if (count > 3) throw new DeviceMemoryException("full");
        }
        batches.Run(10, 8, Work);
        Assert.Equal([8, 4, 2, 2, 2, 2, 2], sizes);
        sizes.Clear();
        batches.Run(3, 8, Work);
        Assert.Equal([2, 1], sizes);
    }

    private static Classifier Limited(long bytes, IProgress<string> notes, int units = 4) =>
        ClosedForm.TwoLayer(Shape, 4, units, device: new LimitedDevice(bytes), notes: notes);
}
