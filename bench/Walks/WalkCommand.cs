using System.Globalization;
using MiniGrad.Bench.Peers;

namespace MiniGrad.Bench.Walks;

/// <summary>
/// Level set traversal on a network of random weights beside the same loop in LibTorch: first the images that both end with, then
/// seconds an iteration, then how far ours is from the time of its passes alone.
/// </summary>
internal static class WalkCommand
{
    public const string Name = "lst";

    public const string Usage = """
        bench/lst.sh [PAIRS [ITERATIONS [THREADS]]]                     beside LibTorch, through TorchSharp
        dotnet run -c Release --project bench -- lst [PAIRS [...]]      MiniGrad alone

        Times level set traversal on resnet18-cifar with random weights: 100 pairs at once, 4 iterations, all processors, unless told.
        """;

    /// <summary>Rounds in which the sides take turns.</summary>
    private const int Rounds = 3;

    /// <summary>Largest difference of a pixel between the sides' images.</summary>
    private const double Alike = 1e-4;

    /// <summary>The exit code: 0, 1 where the sides' images differ, or 2 for wrong usage.</summary>
    public static int Run(string[] words)
    {
        int[] numbers = [100, 4, Environment.ProcessorCount];
        for (int i = 0; i < words.Length; i++)
        {
            if (i < numbers.Length && IsCount(words[i], out numbers[i])) continue;
            Console.Error.WriteLine(words[i] is "--help" ? Usage : $"lst: \"{words[i]}\" is no count. Give pairs, iterations and threads.");
            return words[i] is "--help" ? 0 : 2;
        }
        (int pairs, int iterations, int threads) = (numbers[0], numbers[1], numbers[2]);
        Computing.Default = Computing.Default with { Threads = threads };
        WalkProblem problem = new(pairs);
        Console.WriteLine($"{Machine.Description}; load {Machine.Load}; {threads} threads");
        Console.WriteLine($"{WalkProblem.Model}, {pairs} pairs, {iterations} iterations");
        OurWalk ours = new(problem);
        IWalkSide[] theirs = Theirs(problem, threads);
        float[] end = ours.End(iterations);
        foreach (IWalkSide side in theirs)
        {
            double most = end.Zip(side.End(iterations), (a, b) => (double)Math.Abs(a - b)).Max();
            Console.WriteLine(FormattableString.Invariant($"{side.Name}: pixels differ from MiniGrad's by {most:G2} at most"));
            if (!(most <= Alike)) return 1;
        }
        Compare(ours, theirs, iterations);
        return 0;
    }

    private static bool IsCount(string word, out int count) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    private static void Compare(OurWalk ours, IWalkSide[] theirs, int iterations)
    {
        IWalkSide[] sides = [ours, new PassesAlone(ours), .. theirs];
        double[][] seconds = Array.ConvertAll(sides, _ => new double[Rounds]);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < sides.Length; i++)
            {
                seconds[i][round] = sides[i].SecondsAnIteration(iterations);
                // OpenMP's workers look for more work for a while.
                Thread.Sleep(50);
            }
        }
        double[] medians = Array.ConvertAll(seconds, PeerClock.Median);
        Console.WriteLine();
        Console.WriteLine("side                                    s/iteration  beside MiniGrad");
        for (int i = 0; i < sides.Length; i++)
        {
            Console.WriteLine(FormattableString.Invariant($"{sides[i].Name,-38} {medians[i],12:F3} {medians[i] / medians[0],16:F2}"));
        }
    }

#if LIBTORCH
    private static IWalkSide[] Theirs(WalkProblem problem, int threads) => LibTorch.TorchWalk.All(problem, threads);
#else
    private static IWalkSide[] Theirs(WalkProblem problem, int threads)
    {
        Console.WriteLine($"without LibTorch, which bench/lst.sh adds ({problem.Count} pairs, {threads} threads)");
        return [];
    }
#endif
}
