using System.Diagnostics;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Bench.Walks;

/// <summary>A network, images to start at and to walk to, and the classes to stay in.</summary>
internal sealed class WalkProblem
{
    public const string Model = "resnet18-cifar";

    public WalkProblem(int count)
    {
        Count = count;
        Network = ModelCatalog.Create(Model, seed: 1);
        Sources = Draw("sources");
        Targets = Draw("targets");
        Classes = Logits.Prediction(Network.Forward(Sources));
    }

    public int Count { get; }

    public Network Network { get; }

    public Tensor Sources { get; }

    public Tensor Targets { get; }

    public int[] Classes { get; }

    private Tensor Draw(string name)
    {
        Shape shape = [Count, .. Network.InputShape.ToArray()];
        return Tensor.From(new Rng(1).At(name).Uniform((int)shape.Count), shape).Cast(DType.F32);
    }
}

/// <summary>Somebody's level set traversal: η = 0.01, ε = 0.002, δ = 0.2, no noise at the start.</summary>
internal interface IWalkSide
{
    string Name { get; }

    /// <summary>The images after so many iterations.</summary>
    float[] End(int iterations);

    /// <summary>Seconds that one of so many iterations takes, behind a first one that is not counted.</summary>
    double SecondsAnIteration(int iterations);
}

/// <summary>MiniGrad's.</summary>
internal sealed class OurWalk(WalkProblem problem) : IWalkSide
{
    private readonly Classifier classifier = new(problem.Network);

    public string Name => "MiniGrad, 2 passes";

    public WalkProblem Problem => problem;

    public float[] End(int iterations) => Run(iterations, null).Output.ToArray<float>();

    // The last iteration has no pass back, so that one more is made.
    public double SecondsAnIteration(int iterations)
    {
        Laps laps = new(iterations);
        Run(iterations + 2, laps);
        return laps.Seconds / iterations;
    }

    private AttackResult Run(int iterations, IProgress<RunProgress>? progress) => new Lst(iterations, StartNoise: 0).Run(
        classifier, new Examples(problem.Sources, problem.Classes) { Targets = problem.Targets },
        new RunContext { Force = true, ChunkSize = problem.Count, Progress = progress });

    /// <summary>The time between the end of the first iteration and that of the last but one.</summary>
    private sealed class Laps(int iterations) : IProgress<RunProgress>
    {
        private long start;

        public double Seconds { get; private set; }

        public void Report(RunProgress value)
        {
            if (value.Finished > 0) return;
            if (value.Iteration == 1) start = Stopwatch.GetTimestamp();
            if (value.Iteration == 1 + iterations) Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}

/// <summary>The floor: as many passes forward and back, and nothing between them.</summary>
internal sealed class PassesAlone(OurWalk walk) : IWalkSide
{
    public string Name => "floor: its passes alone";

    public float[] End(int iterations) => walk.End(iterations);

    public double SecondsAnIteration(int iterations)
    {
        WalkProblem problem = walk.Problem;
        Query query = new(new Classifier(problem.Network), problem.Count);
        double seconds = 0;
        for (int i = 0; i <= iterations; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using (Arena arena = Arena.Open())
            {
                query.Gradient(problem.Sources, logits => logits.CrossEntropy(problem.Classes, LossReduction.None));
                arena.Sweep();
            }
            if (i > 0) seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return seconds / iterations;
    }
}
