@echo off
rem Windows: a double click starts Slipway from this checkout. Close this window to end the launcher; bots go on.
cd /d "%~dp0..\.."
where npm >nul 2>nul
if errorlevel 1 (
  echo Slipway needs Node.js 18 or later with npm. Install it from https://nodejs.org and open this file again.
  pause
  exit /b 1
)
call npm start -- %*
if errorlevel 1 pause
