// The test runner loads this assembly as a library; started by itself it is a child process of InstructionSetTests,
// GuardPageTests, ProbeCurvatureResumeTests, OclgrindTests or GpuAbsenceTests, or of bench/gpu.sh.
using MiniGrad.Tests.Cli.Probing;
using MiniGrad.Tests.Gpu;
using MiniGrad.Tests.Kernels;

if (args is [InstructionSetTests.SelfTestCommand]) return KernelSelfTest.Run();
if (args is [GuardSelfTest.Command, ..] and { Length: <= 2 }) return GuardSelfTest.Run(args.Length > 1 ? args[1] : null);
if (args is [QuickNetwork.Command, ..]) return QuickNetwork.Run(args[1..]);
if (args is [GpuSelfTestCommand.SelfTest, ..] and { Length: <= 2 }) return GpuSelfTestCommand.Run(args.Length > 1 ? args[1] : null);
if (args is [GpuSelfTestCommand.Broken, string how]) return GpuSelfTestCommand.Break(how);
if (args is [GpuSelfTestCommand.Absent]) return GpuSelfTestCommand.SayAbsent();
if (args is [GpuCheck.Command, ..]) return GpuCheck.Run(args[1..]);
Console.Error.WriteLine($"Run these tests by 'dotnet test', or with the argument {InstructionSetTests.SelfTestCommand}, "
    + $"{GuardSelfTest.Command} or {GpuSelfTestCommand.SelfTest}.");
return 2;
