using System.Diagnostics;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Bench;

/// <summary>
/// Long attacks whose memory must stay flat: 10 000 steps of PGD on LeNet-5 and 200 on ResNet-18 for CIFAR, or as many
/// as are given. <c>dotnet run -c Release --project bench -- soak [lenet steps] [resnet steps]</c>
/// </summary>
public static class Soak
{
    /// <summary>What live managed memory may differ by between two full collections.</summary>
    private const long LiveSlack = 1 << 20;

    /// <summary>What the resident set may grow by: the collector keeps a few empty regions.</summary>
    private const long ResidentSlack = 16 << 20;

    /// <summary>Runs both attacks; 1 when memory grew in one of them.</summary>
    public static int Run(string[] args)
    {
        int lenet = args.Length > 0 ? int.Parse(args[0]) : 10_000;
        int resnet = args.Length > 1 ? int.Parse(args[1]) : 200;
        Console.WriteLine("network          batch  steps      ms/step  live MB  then     resident MB  then     full collections");
        bool flat = IsFlat("lenet5", batch: 16, lenet, warmUp: lenet / 10);
        flat &= IsFlat("resnet18-cifar", batch: 4, resnet, warmUp: resnet / 10);
        Console.WriteLine(flat ? "memory is flat" : "memory grew");
        return flat ? 0 : 1;
    }

    private static bool IsFlat(string model, int batch, int steps, int warmUp)
    {
        Network network = ModelCatalog.Create(model, seed: 1);
        Shape image = network.InputShape;
        Shape shape = [batch, image[0], image[1], image[2]];
        Tensor images = Tensor.From(new Rng(1).Uniform((int)shape.Count), shape);
        int[] labels = Logits.Prediction(network.Forward(images));
        Gauge gauge = new(warmUp, steps);
        // A ball so small that no example is broken early: every step is a full one.
        new Pgd(Threat.Linf(1e-4), steps).Run(new Classifier(network), new(images, labels), new RunContext { Progress = gauge });
        (Reading start, Reading end) = (gauge.Start, gauge.End);
        double time = (end.Time - start.Time).TotalMilliseconds / (steps - warmUp);
        Console.WriteLine($"{model,-15} {batch,6} {steps,6} {time,12:F3} {Megabytes(start.Live),8:F2} {Megabytes(end.Live),8:F2} "
            + $"{Megabytes(start.Resident),11:F1} {Megabytes(end.Resident),8:F1} {end.FullCollections - start.FullCollections,8}");
        return end.Live - start.Live < LiveSlack && end.Resident - start.Resident < ResidentSlack;
    }

    private static double Megabytes(long bytes) => bytes / 1048576.0;

    private readonly record struct Reading(long Live, long Resident, int FullCollections, TimeSpan Time);

    /// <summary>Reads memory after the warm-up and after the last step.</summary>
    private sealed class Gauge(int warmUp, int steps) : IProgress<RunProgress>
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private int forced;

        public Reading Start { get; private set; }

        public Reading End { get; private set; }

        public void Report(RunProgress value)
        {
            if (value.Finished > 0) return;
            if (value.Iteration == warmUp) Start = Read();
            if (value.Iteration == steps) End = Read();
        }

        private Reading Read()
        {
            // The collections of the loop itself, without those forced here.
            int collections = GC.CollectionCount(2) - forced;
            TimeSpan time = clock.Elapsed;
            int before = GC.CollectionCount(2);
            long live = GC.GetTotalMemory(forceFullCollection: true);
            forced += GC.CollectionCount(2) - before;
            using Process process = Process.GetCurrentProcess();
            return new(live, process.WorkingSet64, collections, time);
        }
    }
}
