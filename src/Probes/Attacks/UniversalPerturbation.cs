using System.Runtime.CompilerServices;
using MiniGrad.Data;
using MiniGrad.Probes.Universal;

namespace MiniGrad.Probes.Attacks;

/// <summary>
/// One perturbation that changes the prediction of most images. Moosavi-Dezfooli et al., arXiv:1610.08401: image by image,
/// the shortest step that moves x + v out of its class is added to v, which is then cut to the ball. Steps are those of
/// DeepFool in L2 whatever the ball, as in the authors' code; the result is the v that fools most held-out images.
/// </summary>
/// <param name="Within">What v is cut to: an L∞ or L2 ball around zero.</param>
/// <param name="Delta">The search ends when 1 − delta of the held-out images are fooled.</param>
/// <param name="Passes">Most passes over the crafting images.</param>
/// <param name="Iterations">Most linearisations of a step.</param>
/// <param name="Overshoot">How far beyond the boundary a step goes, as a share of its length.</param>
/// <param name="Candidates">Classes that a step considers.</param>
public sealed record UniversalPerturbation(
    Threat Within, double Delta = 0.2, int Passes = 10, int Iterations = 10, double Overshoot = 0.02, int Candidates = 10)
    : Attack, IUniversalMaker
{
    /// <summary>The ball of the paper, 10 of 255 grey levels in L∞. For L2 there is no customary radius: it must be given.</summary>
    public UniversalPerturbation() : this(Threat.Linf(10.0 / 255))
    {
    }

    private DeepFool Step => new(PerturbationNorm.L2, Iterations, Overshoot, Candidates, Refine: false);

    /// <inheritdoc/>
    public override AttackNeeds Needs() => AttackNeeds.Crafting;

    /// <inheritdoc/>
    public override void Check()
    {
        if (Within is not (Linf or L2 or L1))
        {
            Throw.Argument(
                $"universal: {Within} is no ball of a norm, to which one perturbation of all images could be cut. Use linf, l2 or l1.");
        }
        if (!(Within.Radius > 0)) Throw.Range($"universal: radius {Within.Radius} must be positive.");
        if (!(Delta is > 0 and < 1)) Throw.Range($"universal: delta {Delta} is outside (0, 1).");
        if (Passes < 1) Throw.Range($"universal: {Passes} passes; at least 1 is needed.");
        Step.Check();
    }

    /// <summary>
    /// Makes v from crafting images [N, …], in an order that the seed fixes, and measures it on held-out images [M, …]. Labels
    /// are needed for error rates only.
    /// </summary>
    public UniversalResult Craft(
        Classifier classifier, Tensor crafting, int[] craftingLabels, Tensor heldOut, int[] heldOutLabels, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        run.Check();
        (crafting, heldOut) = (crafting.Detach(), heldOut.Detach());
        classifier.CheckImages(crafting, "crafting images");
        classifier.CheckImages(heldOut, "held-out images");
        classifier.CheckClasses(craftingLabels, crafting.Shape[0], "crafting images");
        classifier.CheckClasses(heldOutLabels, heldOut.Shape[0], "held-out images");
        FoolingRate Measure(Tensor perturbation) => FoolingRate.Of(classifier, heldOut, heldOutLabels, perturbation, run.ChunkSize);

        int count = crafting.Shape[0];
        int[] clean = FoolingRate.PredictAll(classifier, crafting, run.ChunkSize);
        Tensor best = Ops.Zeros([1, .. classifier.InputShape.ToArray()], crafting.Type, classifier.Device);
        (FoolingRate bestRate, int bestPass) = (Measure(best), 0);
        List<FoolingRate> passes = [];
        (int updates, int failures) = (0, 0);
        bool isInterrupted = false;
        using ArenaLoop<Perturbation> loop = new(state => [state.V]);
        Perturbation state = loop.Step(() => new Perturbation(best * 1));
        for (int pass = 0; pass < Passes && !isInterrupted && bestRate.Share < 1 - Delta; pass++)
        {
            int[] order = EpochOrder.Of(run.Seed, pass, count);
            for (int k = 0; k < count && !isInterrupted; k++)
            {
                int image = order[k];
                ExampleStatus? end = null;
                state = loop.Step(() => new Perturbation(
                    Improve(classifier, crafting.Take(0, new AxisRange(image, 1)).To(classifier.Device), clean[image], state.V, out end)));
                if (end == ExampleStatus.Reached) updates++;
                else if (end is not null) failures++;
                run.Progress?.Report(new(pass * count + k + 1, Passes * count, pass + 1, Passes));
                isInterrupted = run.Cancellation.IsCancellationRequested;
            }
            passes.Add(Measure(state.V));
            if (pass > 0 && passes[^1].Share <= bestRate.Share) continue;
            (best, bestRate, bestPass) = (state.V.TakeIndices(0, [0]), passes[^1], pass + 1);
        }
        FoolingRate crafted = FoolingRate.Of(classifier, crafting, craftingLabels, best, run.ChunkSize);
        return new(ToString(), best.To(crafting.Device), bestRate.Share >= 1 - Delta,
            bestPass, crafted, bestRate, passes, updates, failures, isInterrupted);
    }

    /// <inheritdoc/>
    public Tensor Make(Classifier classifier, Examples crafting, Examples heldOut, RunContext? run = null) =>
        Craft(classifier, crafting.Images, crafting.Labels, heldOut.Images, heldOut.Labels, run).Perturbation;

    /// <summary>
    /// Makes v from the crafting examples and adds it to all others. A run that is cut into parts makes v once, as long as
    /// its parts share their crafting examples.
    /// </summary>
    public override AttackResult Run(Classifier classifier, Examples examples, RunContext? run = null)
    {
        Check();
        run ??= new RunContext();
        if (examples.Crafting is not { } crafting)
        {
            throw new ArgumentException("universal: it is made from images of their own. Give Examples its Crafting.");
        }
        UniversalResult made = Made.GetValue(crafting, _ => new()).Of((ToString(), run.Seed, classifier), () =>
        {
            Tensor images = crafting.Images.Cast(examples.Images.Type);
            return Craft(classifier, images, crafting.Labels, images, crafting.Labels, run);
        });
        AttackResult result = new Fixed(Within, made.Perturbation.To(classifier.Device)).Run(classifier, examples, run);
        return result with { Attack = ToString() };
    }

    /// <summary>
    /// v, or v with the step that moves this image out of its class; tells how the search for one ended, if there was one.
    /// </summary>
    private Tensor Improve(Classifier classifier, Tensor image, int clean, Tensor v, out ExampleStatus? end)
    {
        end = null;
        SearchChunk chunk = new(Step, classifier, new Examples(image + v, [clean]), new RunContext(), 0);
        if (chunk.Finite[0] && chunk.StartClasses[0] != clean) return v;
        Step.Run(new SearchLoop(chunk, chunk.Run, 0, 1));
        end = chunk.Status[0];
        return end == ExampleStatus.Reached ? Cut(v + chunk.Point(0)!) : v;
    }

    /// <summary>The nearest point of the ball around zero; rounding never leaves it outside.</summary>
    private Tensor Cut(Tensor v)
    {
        Tensor cut = Within.Project(Ops.Zeros(v.Shape, v.Type, v.Device), v);
        Tensor centre = Ops.Zeros(v.Shape, DType.F64, v.Device);
        double shrink = 1 - (v.Type == DType.F32 ? float.BitIncrement(1) - 1f : double.BitIncrement(1) - 1);
        while (Within.Distance(centre, cut.Cast(DType.F64))[0] > Within.Radius) cut *= shrink;
        return cut;
    }

    private readonly record struct Perturbation(Tensor V);

    private static readonly ConditionalWeakTable<Examples, LastMade> Made = [];

    /// <summary>The perturbation that was last made from a set of examples.</summary>
    private sealed class LastMade
    {
        private ((string, long, Classifier) Key, UniversalResult Result)? last;

        public UniversalResult Of((string, long, Classifier) key, Func<UniversalResult> make)
        {
            lock (this)
            {
                if (last is { } made && made.Key == key && !made.Result.Interrupted) return made.Result;
                last = (key, make());
                return last.Value.Result;
            }
        }
    }

    /// <summary>The attack that adds v to every image.</summary>
    private sealed record Fixed(Threat Within, Tensor V) : BallAttack<PointState>(Within)
    {
        protected override int Iterations => 1;

        protected override PointState Start(SearchRows rows) => new(rows.Unchanged());

        protected override PointState Step(SearchRows rows, PointState state) => new(rows.Project(state.Point + V));
    }
}
