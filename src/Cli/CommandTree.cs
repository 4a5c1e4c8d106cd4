using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MiniGrad.Cli.Commands;
using MiniGrad.Cli.Options;
using MiniGrad.Lab;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Cli;

/// <summary>
/// All commands of the program with the options they share. Only commands that were typed are made in full: making them
/// all takes longer than most of them run.
/// </summary>
internal sealed class CommandTree
{
    private readonly Session session;
    private readonly GlobalOptions globals = new();

    private CommandTree(Session session) => this.session = session;

    public static Command Make(Session session) => new CommandTree(session).Root();

    private CommandGroup Root()
    {
        CommandGroup root =
            new(new("minigrad", "Trains small image classifiers and measures the geometry of what they learned.", "minigrad demo"),
        [
            Lazy("demo", "Shows, on the shipped LeNet and synthetic digits, how far an image can be changed without the network noticing.",
                "minigrad demo --out runs/demo", info => new DemoCommand(session, globals, info)),
            Lazy("train", "Trains a network by a recipe.",
                "minigrad train lenet5-digits --epochs 3 --out runs/first", info => new TrainCommand(session, globals, info)),
            Lazy("eval", "Measures the accuracy of weights on the test images of a data set.",
                "minigrad eval --weights weights/lenet5-digits.safetensors --data digits", info => new EvalCommand(session, globals, info)),
            Lazy("evaluate", "Measures how robust a network is against several attacks, with and without rejection of unsure answers.",
                "minigrad evaluate --weights lenet5-digits --attack pgd --attack pgd:loss=confidence --threat linf:0.1 --count 100",
                info => new EvaluateCommand(session, globals, info)),
            Lazy("infer", "Computes logits, and input gradients, of images.",
                "minigrad infer --weights lenet5-digits --input images.safetensors --labels 3,1 --grad --out result.safetensors", info =>
                    new InferCommand(session, globals, info)),
            Lazy("attack", "Runs an attack of the catalogue on a data set or on image files.",
                "minigrad attack lst --weights weights/lenet5-digits.safetensors --data digits --count 20", info =>
                    new CommandGroup(info, AttackCatalog.All.Select(Attack))),
            Lazy("probe", "Measures the geometry of a trained network.",
                "minigrad probe curvature --weights lenet5-tanh-mnist --data mnist --count 10", info =>
                    new CommandGroup(info, [.. ProbeCatalog.All.Select(Probe), .. RegionProbes()])),
            Lazy("sweep", "Plans a grid of runs, computes it in shards on one machine or a cluster, and merges them.",
                "minigrad sweep plan sweep.json --out /scratch/s1", info => new CommandGroup(info, Sweeps())),
            Lazy("reproduce", "Runs a published study again and puts its numbers beside ours.",
                "minigrad reproduce curvature --preset small", info => new CommandGroup(info, Studies())),
            Lazy("distance", "Measures how far two images are apart: RMSE, L2, L-infinity, SSIM and, with weights for it, LPIPS.",
                "minigrad distance a.png b.png --lpips-backbone alexnet.pth --lpips-heads alex.pth", info =>
                    new DistanceCommand(session, globals, info)),
            Lazy("gradcheck", "Compares derivatives of first and second order with differences, in F64.",
                "minigrad gradcheck --op conv2d", info => new GradCheckCommand(session, globals, info)),
            Lazy("weights", "Looks into weight files, converts them and re-measures the shipped ones.",
                "minigrad weights inspect weights/lenet5-digits.safetensors", info => new CommandGroup(info, Weights())),
            Lazy("data", "Describes and fetches data sets.",
                "minigrad data fetch mnist", info => new CommandGroup(info, Data())),
            Lazy("fuzz", "Feeds the readers of foreign files with damaged ones: all they may do is refuse.",
                "minigrad fuzz --target png --seconds 10", info => new FuzzCommand(session, globals, info)),
            Lazy("devices", "Lists what there is to compute with.",
                "minigrad devices --json", info => new DevicesCommand(session, globals, info)),
        ]);
        globals.AddTo(root);
        root.Add(new HelpOption { Action = new HelpWithExample() });
        root.Add(new VersionOption { Action = new VersionLine() });
        return root;
    }

    private Command Attack(AttackEntry entry) =>
        Lazy(entry.Name, $"{char.ToUpperInvariant(entry.Description[0])}{entry.Description[1..]} ({entry.Paper}).",
            $"minigrad attack {entry.Name} --weights weights/lenet5-digits.safetensors --data digits --count 20 --out runs/{entry.Name}",
            info => new AttackCommand(session, globals, entry, info));

    /// <summary>Curvature has a command of its own, since its settings are more than numbers.</summary>
    private Command Probe(ProbeEntry entry) => entry.Type == typeof(BoundaryCurvature)
        ? Lazy(entry.Name, $"Measures {entry.Description}.",
            "minigrad probe curvature --weights lenet5-tanh-mnist --data mnist --count 10 --full --out runs/curvature", info =>
                new ProbeCurvatureCommand(session, globals, info))
        : Lazy(entry.Name, $"Measures {entry.Description} ({entry.Paper}).",
            $"minigrad probe {entry.Name} --weights lenet5-tanh-mnist --data mnist --count 10 --out runs/{entry.Name}", info =>
                new ProbeCommand(session, globals, entry, info));

    /// <summary>What is measured of regions, for which single images are not enough.</summary>
    private Command[] RegionProbes() =>
    [
        Lazy("class-paths", "Measures whether points of a class's region are joined by paths inside it (Fawzi et al., CVPR 2018).",
            "minigrad probe class-paths --weights lenet5-mnist --data mnist --count 200 --pairs 20 --out runs/class-paths", info =>
                new ProbeClassPathsCommand(session, globals, info)),
        Lazy("convexity", "Measures how often mixtures of images of one class are seen as that class (Fawzi et al., CVPR 2018).",
            "minigrad probe convexity --weights lenet5-mnist --data mnist --count 1000 --out runs/convexity", info =>
                new ProbeConvexityCommand(session, globals, info)),
        Lazy("star", "Measures whether a network stays confident on straight lines to where walks ended "
            + "(Balasubramanian et al., arXiv:2310.19889).",
            "minigrad probe star --weights lenet5-mnist --data mnist --sources 10 --targets 5 --out runs/star", info =>
                new ProbeStarCommand(session, globals, info)),
    ];

    private Command[] Studies() =>
    [
        Lazy("curvature", "Curvature of decision boundaries of LeNet-5 on MNIST and Fashion-MNIST: "
            + "spectra, detection and relabelling of perturbed images, CURE.",
            "minigrad reproduce curvature --preset small --out runs/reproduce-curvature", info =>
                new ReproduceCurvatureCommand(session, globals, info)),
        Lazy("invariance", "Excessive invariance: walks that networks do not notice, errors with and without rejection, widths of paths.",
            "minigrad reproduce invariance --preset small --out runs/reproduce-invariance", info =>
                new ReproduceInvarianceCommand(session, globals, info)),
        Lazy("spatial", "Rotations and shifts as attacks: training against attack, landscapes of the loss, anti-aliasing, votes.",
            "minigrad reproduce spatial --preset small --out runs/reproduce-spatial", info =>
                new ReproduceSpatialCommand(session, globals, info)),
        Lazy("robustness", "Boundaries in the worst, random and universal directions, regions of classes, a ladder of attacks.",
            "minigrad reproduce robustness --preset small --out runs/reproduce-robustness", info =>
                new ReproduceRobustnessCommand(session, globals, info)),
        Lazy("lst", "Blind spots: level sets of networks, stars and hulls, convolutions against attention, normal against robust training.",
            "minigrad reproduce lst --preset small --out runs/reproduce-lst", info =>
                new ReproduceLstCommand(session, globals, info)),
    ];

    private Command[] Sweeps() =>
    [
        Lazy("plan", "Freezes a grid of runs with the hashes of weights, data and program; cells can be added later.",
            "minigrad sweep plan sweep.json --out /scratch/s1", info => new SweepPlanCommand(session, globals, info)),
        Lazy("submit", "Prints, or submits, arrays of what is missing.",
            "minigrad sweep submit /scratch/s1 --engine slurm --cpus 16 --time 4:00:00 -- --partition=cpu", info =>
                new SweepSubmitCommand(session, globals, info)),
        Lazy("run", "Does the shards of one task, or all that are missing.",
            "minigrad sweep run /scratch/s1 --job 1 --task 7", info => new SweepRunCommand(session, globals, info)),
        Lazy("status", "Says how far a sweep is, by its files.",
            "minigrad sweep status /scratch/s1", info => new SweepStatusCommand(session, globals, info)),
        Lazy("merge", "Makes the run folder of every cell whose shards are done.",
            "minigrad sweep merge /scratch/s1", info => new SweepMergeCommand(session, globals, info)),
    ];

    private Command[] Weights() =>
    [
        Lazy("inspect", "Lists the tensors of a weight file and the networks they fit.",
            "minigrad weights inspect weights/lenet5-digits.safetensors", info => new WeightsInspectCommand(session, globals, info)),
        Lazy("convert", "Writes the tensors of a weight file as safetensors, with its facts as metadata.",
            "minigrad weights convert resnet18.pth resnet18.safetensors", info => new WeightsConvertCommand(session, globals, info)),
        Lazy("add", "Adds the weights of a finished training to the shipped ones.",
            "minigrad weights add runs/lenet5-digits", info => new WeightsAddCommand(session, globals, info)),
        Lazy("verify", "Measures again what the index of weights claims: hashes and accuracies.",
            "minigrad weights verify --data-dir data", info => new WeightsVerifyCommand(session, globals, info)),
    ];

    private Command[] Data() =>
    [
        Lazy("info", "Tells what is in a data set.",
            "minigrad data info digits", info => new DataInfoCommand(session, globals, info)),
        Lazy("fetch", "Fetches the files of a data set; what is there and right is kept.",
            "minigrad data fetch mnist --data-dir data", info => new DataFetchCommand(session, globals, info)),
    ];

    /// <summary>The command if its name was typed anywhere; else its name and description, for help and for errors.</summary>
    private Command Lazy(string name, string description, string example, Func<CommandInfo, Command> make) =>
        session.Arguments.Contains(name) ? make(new(name, description, example)) : new Command(name, description);

    private sealed class HelpWithExample : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = new HelpAction().Invoke(parseResult);
            if (parseResult.CommandResult.Command is IExampled { Example: var example })
            {
                parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {example}\n");
            }
            return code;
        }
    }

    private sealed class VersionLine : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"minigrad {Machine.Version}");
            return ExitCode.Fine;
        }
    }
}
