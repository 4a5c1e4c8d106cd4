using MiniGrad.Data;
using MiniGrad.Lab.Robustness;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Cli;
using Xunit;

namespace MiniGrad.Tests.Lab.Robustness;

/// <summary>Defences that only hinder attacks are told from those that help, and strong attacks break through.</summary>
public sealed class TrustCheckTests
{
    private const int Count = 32;

    private const double Radius = 0.15;

    private static readonly ImageDataSet Digits = DataSets.Open("digits", Split.Test);

    private static readonly SuiteInput Input = SuiteInput.Of(
        Digits, [FormattableString.Invariant($"linf:{Radius}")], SuiteVersion.Standard, 10, Count, Count);

    private static readonly Lazy<(int Left, IReadOnlyList<TrustFinding> Findings)> Undefended = new(() => Evaluate(x => Plain(x)));

    [Fact]
    public void NothingSpeaksAgainstAPlainNetworksNumber()
    {
        Assert.DoesNotContain(Undefended.Value.Findings, f => f.Alarm is not null);
        Assert.InRange(Undefended.Value.Left, 0, Count / 2);
        Assert.Equal(Undefended.Value.Left > 0 ? 12 : 11, Undefended.Value.Findings.Count);
    }

    [Fact]
    public void SaturatedScores_AreFlagged_AndTheRatioOfLogitsBreaksThem()
    {
        (int left, IReadOnlyList<TrustFinding> findings) = Evaluate(x => Plain(x) * 1e4);
        AssertAlarm(findings, "zero gradients");
        AssertAlarm(findings, "scale of the logits");
        Assert.InRange(left, 0, Undefended.Value.Left + 2);
        // Cross-entropy alone would have called it robust.
        int entropy = new Pgd(Threat.Linf(Radius)).Run(Of(x => Plain(x) * 1e4), Examples).Examples.Count(e => e.Success);
        Assert.InRange(Count - entropy, Undefended.Value.Left + 10, Count);
    }

    [Fact]
    public void AQuantiserWithoutSlope_IsFlagged_AndSquareBreaksIt()
    {
        (int left, IReadOnlyList<TrustFinding> findings) = Evaluate(x => Plain((x * 7 + 0.5).Floor() / 7));
        AssertAlarm(findings, "zero gradients");
        AssertAlarm(findings, "Square beside slopes");
        Assert.InRange(left, 0, Count * 3 / 4);
    }

    [Fact]
    public void NoiseOfTheClassifier_IsFlagged()
    {
        int looks = 0;
        (_, IReadOnlyList<TrustFinding> findings) = Evaluate(x =>
        {
            Tensor z = Plain(x);
            return z + Tensor.From(new Rng(7).At(++looks).Uniform((int)z.Count), z.Shape, Device.Cpu) * 4;
        });
        AssertAlarm(findings, "deterministic");
    }

    [Fact]
    public void SlopesThatAreCut_AreFlagged()
    {
        (_, IReadOnlyList<TrustFinding> findings) = Evaluate(x => Plain(x.Detach()) + (x * 0).Sum([1, 2, 3]).Reshape(-1, 1));
        AssertAlarm(findings, "zero gradients");
        AssertAlarm(findings, "a threat of everything");
    }

    [Fact]
    public void ProbabilitiesInPlaceOfLogits_AreFlagged()
    {
        (_, IReadOnlyList<TrustFinding> findings) = Evaluate(x => Plain(x).Softmax(1));
        AssertAlarm(findings, "scores are logits");
    }

    private static Examples Examples => Input.Examples(0, Count, DType.F32);

    private static Tensor Plain(Tensor x) => AttackFolder.Network.Forward(x);

    private static Classifier Of(Func<Tensor, Tensor> logits) => new(logits, new Shape(1, Digits.Height, Digits.Width), 10);

    private static (int Left, IReadOnlyList<TrustFinding> Findings) Evaluate(Func<Tensor, Tensor> logits)
    {
        Classifier classifier = Of(logits);
        Examples examples = Examples;
        int[] predictions = Logits.Prediction(classifier.Logits(examples.Images));
        SuiteThreat threat = Input.Threats[0];
        // Short attacks: what the checks say is tested, not how strong the suite is.
        NamedAttack[] members = NamedAttack.ParseAll(
            ["apgd:steps=20", "apgd:steps=20,loss=dlr", "fab:steps=10,targets=3", "square:queries=300"], threat.Name);
        SuiteFate[] fates = SuiteSearch.Run(classifier, examples,
            [.. Enumerable.Range(0, Count).Where(i => predictions[i] == examples.Labels[i])], members, _ =>
                new RunContext { ChunkSize = 64 });
        SuiteRow[] rows = [.. fates.Select((fate, i) => new SuiteRow(i, examples.Labels[i], predictions[i], [fate]))];
        TrustSample sample = new(classifier, examples, threat, rows, 0, new RunContext { ChunkSize = 64 });
        return (rows.Count(row => row.IsRight && row.Fates[0].BrokenBy is null), TrustCheck.Of(sample));
    }

    private static void AssertAlarm(IReadOnlyList<TrustFinding> findings, string name) =>
        Assert.NotNull(findings.Single(f => f.Name == name).Alarm);
}
