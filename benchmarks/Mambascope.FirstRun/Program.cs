using Mambascope.Cli;
using Mambascope.FirstRun;

// Run from the repository's root: dotnet run -c Release --project benchmarks/Mambascope.FirstRun -- src/Mambascope.Cli/FirstRun.mibc
if (args is not [var file])
{
    Console.Error.WriteLine("expected one argument: the profile to write (src/Mambascope.Cli/FirstRun.mibc)");
    return ExitCode.Usage;
}

var folder = Directory.CreateTempSubdirectory("mambascope-first-run-");
using var compiled = new CompiledMethods();
try
{
    foreach (var line in FirstRuns.Of(folder.FullName))
    {
        using var said = new StringWriter();
        if (CommandLineTool.Run(line, said, said) != ExitCode.Success)
        {
            Console.Error.WriteLine($"mambascope {string.Join(' ', line)}\n{said}");
            return ExitCode.Internal;
        }
    }
}
finally
{
    folder.Delete(recursive: true);
}

var methods = compiled.Generic();
var widths = methods.SelectMany(WidthTwins.Of).Except(methods);
var profile = new MethodProfile();
var written = methods.Concat(widths).Select(method => (method, profile.TryAdd(method))).ToArray();
profile.Save(file);
foreach (var (method, _) in written.Where(each => !each.Item2))
{
    Console.Error.WriteLine($"left out: {method.DeclaringType}: {method}");
}

Console.WriteLine($"{written.Count(each => each.Item2)} generic methods in {file}");
return ExitCode.Success;
