using System.Diagnostics;
using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>What handing out a loop costs: empty pieces, at once after each other and after a rest in which the threads fall asleep.</summary>
internal static class QuickWorkers
{
    private const int Runs = 20_000;

    public static void Run(IEnumerable<string> args)
    {
        foreach (var threads in Stopper.Threads(args))
        {
            using var workers = new Workers(threads);
            Report("back to back", () => { });
            Report("after 5 us", () => Rest(5));
            Report("after 300 us", () => Rest(300));

            void Report(string name, Action before)
            {
                var times = new double[name.Contains("300") ? Runs / 20 : Runs];
                for (var i = 0; i < times.Length; i++)
                {
                    before();
                    var start = Stopwatch.GetTimestamp();
                    workers.For(threads * 3, _ => { });
                    times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                }

                Array.Sort(times);
                Console.WriteLine($"threads {threads}, {name,-14} median {times[times.Length / 2],7:F2} us, 90 % {times[times.Length * 9 / 10],7:F2} us");
            }
        }
    }

    private static void Rest(double microseconds)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds)
        {
        }
    }
}
