using BenchmarkDotNet.Running;
using Mambascope.Benchmarks;

// `-- gemm [threads]`, `-- operators`, `-- scan`, `-- heads`, `-- halves`, `-- doubles` and `-- workers` print a table in seconds;
// anything else goes to BenchmarkDotNet (`-- --filter *Gemm*`).
switch (args.FirstOrDefault())
{
    case "gemm":
        QuickGemm.Run(args.Skip(1));
        break;
    case "operators":
        QuickOperators.Run(args.Skip(1));
        break;
    case "scan":
        ScanBenchmark.Run(Console.Out);
        break;
    case "heads":
        QuickHeads.Run(args.Skip(1));
        break;
    case "halves":
        QuickHalves.Run(args.Skip(1));
        break;
    case "doubles":
        QuickDoubles.Run(args.Skip(1));
        break;
    case "workers":
        QuickWorkers.Run(args.Skip(1));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
