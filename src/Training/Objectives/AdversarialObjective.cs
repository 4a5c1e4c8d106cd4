using System.Text.Json.Serialization;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Training.Objectives;

/// <summary>What several attacks make of one batch.</summary>
public enum ManyAttacks
{
    /// <summary>Of each image the version of the highest loss (MAX).</summary>
    Worst,

    /// <summary>All versions of each image (AVG).</summary>
    All,
}

/// <summary>
/// The mean cross-entropy on attacked images. Madry et al., arXiv:1706.06083; with several attacks Tramèr and Boneh,
/// arXiv:1904.13000; of a share of each batch alone as in Stutz et al., arXiv:1910.06259.
/// </summary>
/// <param name="Attacks">What attacks the images; the networks infer then, so no running statistic moves.</param>
/// <param name="Share">The share of a batch that is attacked, in (0, 1]: its last images.</param>
/// <param name="Many">What several attacks make of one batch.</param>
/// <param name="RampEpochs">
/// Over so many epochs the radius grows to its full size: against a full one a fresh network may learn to say nothing.
/// </param>
/// <param name="OnlyRight">Whether images that are misclassified anyway stay as they are, as in perceptual adversarial training.</param>
public sealed record AdversarialObjective(
    [property: JsonConverter(typeof(AttackListJson))] IReadOnlyList<BallAttack> Attacks, double Share = 1,
    ManyAttacks Many = ManyAttacks.Worst, double RampEpochs = 0, bool OnlyRight = false) : Objective
{
    private const double LeastShareOfRadius = 0.01;

    /// <summary>Training against one attack.</summary>
    public AdversarialObjective(BallAttack attack, double share = 1) : this([attack], share)
    {
    }

    /// <inheritdoc/>
    public override string Name => "adversarial";

    /// <inheritdoc/>
    public override void Check()
    {
        if (Attacks.Count == 0) Throw.Argument("recipe: adversarial training without an attack. Give at least one.");
        if (!(Share is > 0 and <= 1)) Throw.Range($"recipe: the attacked share {Share} of a batch is outside (0, 1].");
        if (!(RampEpochs >= 0 && double.IsFinite(RampEpochs)))
        {
            Throw.Range($"recipe: the radius grows over {RampEpochs} epochs; that must be finite and at least 0.");
        }
        foreach (BallAttack attack in Attacks) attack.Check();
    }

    /// <summary>The share of its radius that a threat has at a moment of the training.</summary>
    public double ShareOfRadius(double epoch) => epoch >= RampEpochs ? 1 : Math.Max(LeastShareOfRadius, epoch / RampEpochs);

    /// <inheritdoc/>
    public override TrainBatch Prepare(Network network, TrainBatch batch)
    {
        int clean = batch.Count - (int)Math.Ceiling(batch.Count * Share - 1e-9);
        int[] attacked = [.. Enumerable.Range(clean, batch.Count - clean)];
        if (OnlyRight)
        {
            int[] predicted = Arena.Step(() => Logits.Prediction(network.Forward(batch.Images)), _ => []);
            attacked = [.. attacked.Where(row => predicted[row] == batch.Labels[row])];
        }
        if (attacked.Length == 0) return batch;
        Tensor images = batch.Images.TakeIndices(0, attacked);
        int[] labels = Array.ConvertAll(attacked, row => batch.Labels[row]);
        Classifier classifier = new(network);
        double share = ShareOfRadius(batch.Epoch);
        Tensor[] versions = [.. Attacks.Select((attack, k) =>
            (share == 1 ? attack : attack with { Within = attack.Within.Scaled(share) }).Perturb(
                classifier, images, Goal.Untargeted(labels), batch.Pass.Rng.At("attack").At(k)))];
        int[] rest = [.. Enumerable.Range(0, batch.Count).Except(attacked)];
        if (Many == ManyAttacks.Worst) versions = [Worst(network, versions, labels)];
        return batch with
        {
            Images = Ops.Concat([batch.Images.TakeIndices(0, rest), .. versions], 0),
            Labels = [.. rest.Select(row => batch.Labels[row]), .. versions.SelectMany(_ => labels)],
            AttackSteps = Attacks.Sum(attack => attack.StepCount()) * attacked.Length,
        };
    }

    /// <inheritdoc/>
    public override (Tensor Loss, Tensor Logits) Of(Network network, TrainBatch batch)
    {
        Tensor logits = network.Forward(batch.Images, batch.Pass);
        return (logits.CrossEntropy(batch.Labels), logits);
    }

    /// <summary>Of each image the version of the highest cross-entropy, the first of equals.</summary>
    public static Tensor Worst(Network network, IReadOnlyList<Tensor> versions, int[] labels)
    {
        if (versions.Count == 1) return versions[0];
        double[][] losses = [.. versions.Select(version => Arena.Step(() =>
            network.Forward(version).CrossEntropy(labels, LossReduction.None).Cast(DType.F64).ToArray<double>(), _ => []))];
        int[] worst = new int[labels.Length];
        for (int row = 0; row < worst.Length; row++)
        {
            for (int k = 1; k < losses.Length; k++)
            {
                if (losses[k][row] > losses[worst[row]][row]) worst[row] = k;
            }
        }
        return Ops.Concat([.. versions], 0).TakeIndices(0, [.. worst.Select((k, row) => k * labels.Length + row)]);
    }
}
