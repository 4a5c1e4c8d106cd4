using MiniGrad.Nn;
using MiniGrad.Nn.Layers;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Training.Objectives;

/// <summary>
/// Confidence calibration: half of each batch is clean, half attacked towards high confidence in a wrong class, and there the
/// target goes from the label over to equal shares the further the attack has led. Mean cross-entropy with these targets.
/// </summary>
public abstract record CalibratedObjective : Objective
{
    /// <summary>
    /// The weight of Σ (τ − 1)² over the batch, for networks with a temperature of each image; 0 for others.
    /// </summary>
    public double TemperaturePenalty { get; init; }

    /// <inheritdoc/>
    public override void Check()
    {
        if (!(TemperaturePenalty >= 0 && double.IsFinite(TemperaturePenalty)))
        {
            Throw.Range($"recipe: the temperature penalty {TemperaturePenalty} must be finite and at least 0.");
        }
    }

    /// <summary>The attack of this batch.</summary>
    protected abstract BallAttack AttackOf(TrainBatch batch);

    /// <summary>The share λ of each target that the label keeps, [rows] in [0, 1], from clean and attacked images.</summary>
    protected abstract double[] LabelShares(Tensor clean, Tensor attacked);

    /// <inheritdoc/>
    public override TrainBatch Prepare(Network network, TrainBatch batch)
    {
        if (batch.Count < 2)
        {
            Throw.Argument($"{Name}: a batch of {batch.Count}; one half is clean and one attacked. Choose a batch size that leaves two.");
        }
        int clean = batch.Count / 2;
        Tensor before = batch.Images.Slice(0, clean).Contiguous();
        BallAttack attack = AttackOf(batch);
        Tensor after = attack.Perturb(new Classifier(network), before, Goal.Untargeted(batch.Labels[clean..]), batch.Pass.Rng.At("attack"));
        return batch with
        {
            Images = Ops.Concat([batch.Images.Slice(0, 0, clean), after], 0),
            Targets = Targets(batch.Labels, [.. Enumerable.Repeat(1.0, clean), .. LabelShares(before, after)], network.ClassCount)
                .Cast(before.Type).To(before.Device),
            AttackSteps = attack.StepCount() * (batch.Count - clean),
        };
    }

    /// <inheritdoc/>
    public override (Tensor Loss, Tensor Logits) Of(Network network, TrainBatch batch)
    {
        Tensor targets = batch.Targets ?? throw new InvalidOperationException($"{Name}: the batch was not prepared.");
        if (TemperaturePenalty == 0)
        {
            Tensor plain = network.Forward(batch.Images, batch.Pass);
            return (plain.CrossEntropy(targets), plain);
        }
        Tensor? tau = null;
        Pass pass = new()
        {
            IsTraining = true,
            Rng = batch.Pass.Rng,
            Tap = (name, value) => tau = name == Temperature.TapName ? value : tau,
        };
        Tensor logits = network.Forward(batch.Images, pass);
        batch.Pass.Updates.AddRange(pass.Updates);
        if (tau is null)
        {
            throw new ArgumentException($"{Name}: a temperature penalty, but the network has no temperature. "
                + "Train one that has, such as lenet-madry-lite-temperature.");
        }
        return (logits.CrossEntropy(targets) + (tau - 1).Square().Sum() * TemperaturePenalty, logits);
    }

    /// <summary>Targets [rows, classes]: λ on the label, and (1 − λ)/classes on each.</summary>
    public static Tensor Targets(int[] labels, double[] shares, int classes)
    {
        double[] targets = new double[labels.Length * classes];
        for (int row = 0; row < labels.Length; row++)
        {
            targets.AsSpan(row * classes, classes).Fill((1 - shares[row]) / classes);
            targets[row * classes + labels[row]] += shares[row];
        }
        return Tensor.From(targets, [labels.Length, classes]);
    }

    /// <summary>The largest difference of a pixel of each image.</summary>
    protected static double[] Largest(Tensor clean, Tensor attacked) => Threat.Linf(0).Distance(clean, attacked);
}
