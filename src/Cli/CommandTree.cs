using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MiniGrad.Probes;

namespace MiniGrad.Cli;

/// <summary>All commands of the program with the options they share.</summary>
internal static class CommandTree
{
    public static Command Make(Session session)
    {
        GlobalOptions globals = new();
        CommandGroup root = new("minigrad", "Trains small image classifiers and measures the geometry of what they learned.",
            "minigrad demo",
            new DemoCommand(session, globals),
            new TrainCommand(session, globals),
            new EvalCommand(session, globals),
            new InferCommand(session, globals),
            new CommandGroup("attack", "Runs an attack of the catalogue on a data set or on image files.",
                "minigrad attack lst --weights weights/lenet5-digits.safetensors --data digits --count 20",
                [.. AttackCatalog.All.Select(entry => new AttackCommand(session, globals, entry))]),
            new DistanceCommand(session, globals),
            new GradCheckCommand(session, globals),
            new CommandGroup("weights", "Looks into weight files, converts them and re-measures the shipped ones.", "minigrad weights inspect weights/lenet5-digits.safetensors",
                new WeightsInspectCommand(session, globals),
                new WeightsConvertCommand(session, globals),
                new WeightsAddCommand(session, globals),
                new WeightsVerifyCommand(session, globals)),
            new CommandGroup("data", "Describes and fetches data sets.", "minigrad data fetch mnist",
                new DataInfoCommand(session, globals),
                new DataFetchCommand(session, globals)),
            new FuzzCommand(session, globals),
            new DevicesCommand(session, globals));
        globals.AddTo(root);
        root.Add(new HelpOption { Action = new HelpWithExample() });
        root.Add(new VersionOption { Action = new VersionLine() });
        return root;
    }

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
