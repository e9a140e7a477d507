using System.Diagnostics;
using Mambascope.Numerics;

namespace Mambascope.Benchmarks;

/// <summary>
/// What handing out a loop costs beyond its work: one piece of 20 microseconds per thread, at once after each other and after rests.
/// </summary>
internal static class QuickWorkers
{
    private const int Runs = 4000;
    private const double Piece = 20;

    public static void Run(IEnumerable<string> args)
    {
        foreach (var threads in Stopper.Threads(args))
        {
            using var workers = new Workers(threads);
            Report("back to back", () => Rest(0));
            Report("after 5 us", () => Rest(5));
            Report("after 300 us", () => Rest(300));

            void Report(string name, Action before)
            {
                var times = new double[Runs];
                for (var i = 0; i < times.Length; i++)
                {
                    before();
                    var start = Stopwatch.GetTimestamp();
                    workers.For(threads, _ => Rest(Piece));
                    times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds - Piece;
                }

                Array.Sort(times);
                var (low, middle, high) = (times[times.Length / 10], times[times.Length / 2], times[times.Length * 9 / 10]);
                Console.WriteLine(
                    $"threads {threads}, {name,-14} lowest tenth {low,6:F2} us, median {middle,7:F2} us, 90 % {high,7:F2} us");
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
