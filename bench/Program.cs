using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(MiniGrad.Bench.NetworkBenchmarks).Assembly).Run(args);
