namespace MiniGrad.Bench.Peers;

/// <summary>The goals of MiniGrad's speed, judged on the rows of one run.</summary>
internal sealed class PeerGoals(IReadOnlyList<PeerResult> results, Roofline roofline, PeerMemory? ourMemory, PeerMemory? theirMemory)
{
    private const int LargeSide = 512;

    private static readonly string[] ThreeByThree = [NetworkTables.ResNet18Cifar.Name, NetworkTables.Wide16x4.Name];

    public IEnumerable<PeerGoal> All
    {
        get
        {
            double[] ratios = [.. results.Select(r => r.Ratio).OfType<double>()];
            yield return AtLeast("matrix product, n >= 512, one thread: share of the multiply-add peak, worst",
                0.93, Products(1).Select(r => r.Row.Flops / r.Ours / roofline.Peak(1)), "P1");
            yield return AtLeast("matrix product, n >= 512: two threads over one, worst", 1.9,
                Products(1).SelectMany(one => Products(2).Where(two => two.Row == one.Row), (one, two) => one.Ours / two.Ours));
            yield return AtLeast("rows at least as fast as PyTorch", 0.95,
                ratios.Length == 0 ? [] : [(double)ratios.Count(r => r >= 1) / ratios.Length], "P1");
            yield return AtLeast("slowest row", 0.9, ratios);
            yield return AtLeast("networks, forward + input gradient, geometric mean", 1.8, Mean(InputGradients));
            yield return AtLeast("the same, networks of 3 x 3 convolutions", 2.2,
                Mean(InputGradients.Where(r => ThreeByThree.Any(r.Row.Subject.StartsWith))));
            yield return AtLeast("LeNet-5, batch 1, forward + input gradient, worst",
                5, Ratios(NetworkTables.LeNet5, 1, Work.ForwardAndInputGradient));
            yield return AtLeast("ResNet-18-CIFAR, batch 64, training step, worst",
                1.5, Ratios(NetworkTables.ResNet18Cifar, 64, Work.TrainingStep));
            yield return AtMost("Hessian-vector product over our own gradient, worst", 2.5, HessianOverGradient);
            yield return AtMost($"peak memory of {PeerMemory.Network.Name}, batch {PeerMemory.Batch}, input gradient, over PyTorch's", 1,
                ourMemory is null || theirMemory is null ? [] : [(double)ourMemory.Peak / theirMemory.Peak]);
        }
    }

    private IEnumerable<PeerResult> InputGradients =>
        results.Where(r => r.Row is { Group: NetworkRows.Group, Work: Work.ForwardAndInputGradient });

    private IEnumerable<double> HessianOverGradient =>
        from product in results
        where product.Row.Work == Work.HessianVectorProduct
        from gradient in results
        where gradient.Row.Work == Work.ForwardAndInputGradient
        && gradient.Row.Subject == product.Row.Subject && gradient.Threads == product.Threads
        select product.Ours / gradient.Ours;

    private IEnumerable<PeerResult> Products(int threads) =>
        results.Where(r => r.Threads == threads && r.Row.Group == ProductRows.Group
            && ProductRows.Sides.Any(n => n >= LargeSide && r.Row.Subject == ProductRows.Square(n)));

    private IEnumerable<double> Ratios(NetworkShapes network, int batch, Work work) =>
        results.Where(r => r.Row.Subject == NetworkRows.Subject(network, batch) && r.Row.Work == work)
            .Select(r => r.Ratio).OfType<double>();

    private static IEnumerable<double> Mean(IEnumerable<PeerResult> rows)
    {
        double[] logarithms = [.. rows.Select(r => r.Ratio).OfType<double>().Select(ratio => Math.Log(ratio))];
        return logarithms.Length == 0 ? [] : [Math.Exp(logarithms.Average())];
    }

    /// <summary>The worst of the values decides.</summary>
    private static PeerGoal AtLeast(string text, double least, IEnumerable<double> values, string format = "F2") =>
        new(text, true, least, values.Select(value => (double?)value).Min(), format);

    private static PeerGoal AtMost(string text, double most, IEnumerable<double> values) =>
        new(text, false, most, values.Select(value => (double?)value).Max(), "F2");
}
