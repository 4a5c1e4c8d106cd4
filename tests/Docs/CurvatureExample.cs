using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Tests.Docs;

/// <summary>The example of docs/curvature.md.</summary>
internal static class CurvatureExample
{
    public static void Run(TextWriter output, Network network, Tensor image)
    {
        // <curvature>
        BoundaryCurvature probe = new() { Full = new() };                    // every principal curvature, by the full matrix
        CurvatureResult at = probe.Run(new Classifier(network), image)[0];   // image [1, 1, 28, 28], best in F64
        foreach (PairCurvature pair in at.Pairs)
        {
            output.WriteLine($"towards {pair.Competitor}: mean {pair.Average:F4}, largest {pair.Principal![^1]:F3}");
        }
        // </curvature>
    }
}
