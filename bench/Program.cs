using MiniGrad.Bench;
using MiniGrad.Bench.Distances;
using MiniGrad.Bench.Gpu;
using MiniGrad.Bench.Peers;
using MiniGrad.Bench.Walks;

#if !PACKED
using BenchmarkDotNet.Running;
#endif

// dotnet run -c Release --project bench -- peers --quick
// dotnet run -c Release --project bench -- --filter '*MatMul*'
switch (args)
{
    case ["peers", .. string[] rest]:
        return PeersCommand.Run(rest);
    case [PeerMemory.Command, string threads]:
        return PeerMemory.Run(threads);
    case [GpuCommand.Name, .. string[] rest]:
        return GpuCommand.Run(rest);
    case [WalkCommand.Name, .. string[] rest]:
        return WalkCommand.Run(rest);
    case [DistanceCommand.Name, .. string[] rest]:
        return DistanceCommand.Run(rest);
    case ["soak", .. string[] rest]:
        return Soak.Run(rest);
    case ["kernels", .. string[] rest]:
        return KernelTexts.Run(rest);
    case [] or ["--help"]:
        Console.WriteLine(PeerOptions.Usage);
        Console.WriteLine();
        Console.WriteLine(GpuOptions.Usage);
        Console.WriteLine();
        Console.WriteLine(WalkCommand.Usage);
        Console.WriteLine();
        Console.WriteLine(DistanceCommand.Usage);
        Console.WriteLine();
        Console.WriteLine(
            "Anything else goes to BenchmarkDotNet: --filter '*MatMul*' for one family of kernels, --list flat for all names, and:");
        Console.WriteLine();
        break;
}
#if PACKED
return 2;
#else
BenchmarkSwitcher.FromAssembly(typeof(NetworkBenchmarks).Assembly).Run(args is [] ? ["--help"] : args);
return 0;
#endif
