using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Mambascope.Tests.Packaging;
using Xunit;

namespace Mambascope.Tests.Deployment;

/// <summary>
/// A SLURM cluster of this one machine, with daemons, keys and ports of its own: nothing of an installed cluster is touched. Needs root and
/// Debian's packages slurm-wlm and munge.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SlurmCluster : IAsyncDisposable
{
    private static readonly string[] daemons = ["munged", "slurmctld", "slurmd"];
    private readonly string folder;
    private readonly List<Process> processes = [];

    private SlurmCluster(string folder) => this.folder = folder;

    /// <summary>Why there can be no cluster here; null where there can.</summary>
    public static string? Lacks
        => !Environment.IsPrivilegedProcess ? "needs root, to start SLURM's daemons"
            : Array.Find(daemons, daemon => !File.Exists(Program(daemon))) is { } missing
                ? $"needs {missing}: apt-get install slurm-wlm munge"
                : null;

    /// <summary>Starts the daemons in a folder.</summary>
    public static async Task<SlurmCluster> Start(string folder, CancellationToken cancellation)
    {
        var cluster = new SlurmCluster(folder);
        try
        {
            await cluster.StartDaemons(cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one of SLURM's commands, which has to end with 0.</summary>
    /// <returns>What it printed, trimmed.</returns>
    public async Task<string> Run(params string[] command)
        => (await Command.Run("/usr/bin/env", folder, ["-u", "SBATCH_PARTITION", $"SLURM_CONF={Configuration}", .. command])).Out.Trim();

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes))
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }

            process.Dispose();
        }
    }

    private string Configuration => Path.Combine(folder, "slurm.conf");

    private static string Program(string daemon) => Path.Combine("/usr/sbin", daemon);

    private async Task StartDaemons(CancellationToken cancellation)
    {
        var socket = Path.Combine(folder, "munge", "socket");
        Directory.CreateDirectory(Path.Combine(folder, "munge"));
        foreach (var own in new[] { folder, Path.Combine(folder, "munge") })
        {
            // munge trusts neither folders that others can write to nor those that others cannot enter.
            File.SetUnixFileMode(own, (UnixFileMode)0b111_101_101);
        }

        var key = Path.Combine(folder, "munge", "key");
        await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(1024), cancellation);
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        Daemon(
            "munged", "--foreground", "--force", $"--key-file={key}", $"--socket={socket}",
            $"--pid-file={Path.Combine(folder, "munge", "pid")}",
            $"--log-file={Path.Combine(folder, "munge", "log")}", $"--seed-file={Path.Combine(folder, "munge", "seed")}");
        await Until(() => Task.FromResult(File.Exists(socket)), "munged answers", cancellation);
        await File.WriteAllTextAsync(Configuration, Words(socket), cancellation);
        Daemon("slurmctld", "-D", "-f", Configuration);
        Daemon("slurmd", "-D", "-f", Configuration);
        await Until(
            async () => (await Run("sinfo", "--noheader", "--format=%T")).StartsWith("idle", StringComparison.Ordinal), "the node is idle",
            cancellation);
    }

    /// <summary>Waits for something, a minute at most.</summary>
    internal static async Task Until(Func<Task<bool>> isSo, string what, CancellationToken cancellation, int seconds = 60)
    {
        var clock = Stopwatch.StartNew();
        while (!await IsSo())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), $"{what}: not within {seconds} s");
            await Task.Delay(100, cancellation);
        }

        // A daemon that does not listen yet ends its clients with an error.
        async Task<bool> IsSo()
        {
            try
            {
                return await isSo();
            }
            catch (Xunit.Sdk.XunitException) when (clock.Elapsed < TimeSpan.FromSeconds(seconds))
            {
                return false;
            }
        }
    }

    private void Daemon(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program(name), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["SLURM_CONF"] = Configuration;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        processes.Add(process);
    }

    // Two tasks at a time whatever the machine has, so that some wait; a requeued task may run again as soon as its credential is old.
    private string Words(string socket)
    {
        var host = Environment.MachineName.Split('.')[0];
        return $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={socket},cred_expire=3
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            StateSaveLocation={Folder("state")}
            SlurmdSpoolDir={Folder("spool")}
            SlurmctldPidFile={Path.Combine(folder, "slurmctld.pid")}
            SlurmdPidFile={Path.Combine(folder, "slurmd.pid")}
            SlurmctldLogFile={Path.Combine(folder, "slurmctld.log")}
            SlurmdLogFile={Path.Combine(folder, "slurmd.log")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            MpiDefault=none
            JobAcctGatherType=jobacct_gather/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            ReturnToService=2
            SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
            SlurmdParameters=config_overrides
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 Sockets=1 CoresPerSocket=2 ThreadsPerCore=1 State=UNKNOWN
            PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
            """;
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
