using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Universal;

/// <summary>What perturbations that were made for one network do to others.</summary>
/// <param name="Networks">The networks, by name.</param>
/// <param name="CraftingImages">How many images each perturbation was made from.</param>
/// <param name="Cells">In row a and column b what the perturbation made on network a does to held-out images on network b.</param>
public sealed record TransferMatrix(
    IReadOnlyList<string> Networks, int CraftingImages, IReadOnlyList<IReadOnlyList<FoolingRate>> Cells)
{
    /// <summary>A matrix for each of several numbers of crafting images; the first ones are used.</summary>
    /// <param name="networks">Networks of images of one shape, with names.</param>
    /// <param name="maker">Makes the perturbations.</param>
    /// <param name="crafting">Images that they are made from.</param>
    /// <param name="heldOut">Images that they are measured on.</param>
    /// <param name="sizes">Numbers of crafting images; all of them if none are given. The usual ones are 100, 500, 1000 and 5000.</param>
    /// <param name="run">Seed, chunk size and cancellation.</param>
    /// <exception cref="ArgumentException">There is no network, or one of images of another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or above the number of crafting images.</exception>
    public static IReadOnlyList<TransferMatrix> Of(
        IReadOnlyList<(string Name, Classifier Classifier)> networks, IUniversalMaker maker, Examples crafting, Examples heldOut,
        int[]? sizes = null, RunContext? run = null)
    {
        run ??= new RunContext();
        sizes ??= [crafting.Count];
        if (networks.Count == 0) Throw.Argument("transfer: there are no networks. Give at least one.");
        foreach ((string name, Classifier classifier) in networks)
        {
            if (classifier.InputShape == networks[0].Classifier.InputShape) continue;
            Throw.Argument($"transfer: {name} takes images {classifier.InputShape}, {networks[0].Name} takes "
                + $"{networks[0].Classifier.InputShape}. Give networks of images of one shape.");
        }
        foreach (int size in sizes)
        {
            if (size < 1 || size > crafting.Count)
            {
                Throw.Range($"transfer: {size} crafting images asked for, there are 1 to {crafting.Count}.");
            }
        }
        FoolingMeter[] meters = [.. networks.Select(network => new FoolingMeter(network.Classifier, heldOut, run))];
        return [.. sizes.Select(size =>
        {
            Examples part = crafting.Range(0, size);
            return new TransferMatrix([.. networks.Select(network => network.Name)], size,
                [.. networks.Select(network =>
                {
                    Tensor made = maker.Make(network.Classifier, part, heldOut, run);
                    run.Cancellation.ThrowIfCancellationRequested();
                    return (IReadOnlyList<FoolingRate>)[.. meters.Select(meter => meter.Of(made))];
                })]);
        })];
    }
}
