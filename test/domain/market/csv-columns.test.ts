import { describe, expect, it } from 'vitest'
import { columnKey, findColumns } from '../../../src/domain/market/csv-columns.ts'

const rowsOf = (...lines: string[]) => lines.map((line) => line.split(/[,;\t]/).map((field) => field.trim()))
const find = (...lines: string[]) => findColumns(rowsOf(...lines), 'unknown')

describe('the columns of a CSV file', () => {
  it.each([
    ['ours', 'timestamp_utc,open,high,low,close,volume', '2024-01-02 14:30:00,5,6,4,5,10', [0, 1, 2, 3, 4, 5]],
    ['yahoo', 'Date,Open,High,Low,Close,Adj Close,Volume', '2024-01-02,5,6,4,5,5,10', [0, 1, 2, 3, 4, 6]],
    [
      'polygon',
      'ticker,volume,open,close,high,low,window_start,transactions',
      'SPY,9,5,5,6,4,1704205800000000000,3',
      [6, 2, 4, 5, 3, 1],
    ],
    [
      'binance',
      'open_time,open,high,low,close,volume,close_time,quote_volume',
      '1704205800000,5,6,4,5,10,1704205859999,50',
      [0, 1, 2, 3, 4, 5],
    ],
    [
      'metatrader 5',
      '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>',
      '2024.01.02\t14:30:00\t5\t6\t4\t5\t10\t7\t1',
      [0, 2, 3, 4, 5, 7],
    ],
    [
      'alpha vantage',
      'timestamp,1. open,2. high,3. low,4. close,5. volume',
      '2024-01-02 14:30:00,5,6,4,5,10',
      [0, 1, 2, 3, 4, 5],
    ],
    [
      'cryptodatadownload',
      'unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT',
      '1704205800,2024-01-02 14:30:00,BTC/USDT,5,6,4,5,10,50',
      [0, 3, 4, 5, 6, 7],
    ],
    [
      'databento',
      'ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol',
      '2024-01-02T14:30:00.000000000Z,33,1,2,5,6,4,5,10,ESH4',
      [0, 4, 5, 6, 7, 8],
    ],
    ['kite', 'date,open,high,low,close,volume', '2024-01-02T09:15:00+0530,5,6,4,5,10', [0, 1, 2, 3, 4, 5]],
    ['short names', 't,o,h,l,c,v', '1704205800,5,6,4,5,10', [0, 1, 2, 3, 4, 5]],
    ['without volume', 'time,open,high,low,close', '2024-01-02 14:30,5,6,4,5', [0, 1, 2, 3, 4, -1]],
  ])('are found by their names: %s', (_, header, row, [time, open, high, low, close, volume]) => {
    expect(find(header, row)).toMatchObject({
      kind: 'found',
      header: true,
      columns: { time, open, high, low, close, volume },
    })
  })

  it('may have the date apart from the time of day', () => {
    const split = find('Date,Time,Open,High,Low,Close,Volume', '2024-01-02,14:30,5,6,4,5,10')
    expect(split).toMatchObject({ columns: { time: 0, clock: 1 } })
    const whole = find('Date,Time,Open,High,Low,Close,Volume', '2024-01-02,2024-01-02 14:30,5,6,4,5,10')
    expect(whole).toMatchObject({ columns: { time: 1, clock: -1 } })
  })

  it.each([
    ['ninjatrader', '20240102 093000;5;6;4;5;10', { time: 0, clock: -1, open: 1, volume: 5 }],
    ['metatrader 4', '2024.01.02,09:30,5,6,4,5,10', { time: 0, clock: 1, open: 2, volume: 6 }],
    ['binance without header', '1704205800000,5,6,4,5,10,1704205859999,50,3,5,25,0', { time: 0, open: 1, volume: 5 }],
    ['without volume', '2024-01-02 09:30,5,6,4,5', { time: 0, open: 1, volume: -1 }],
    ['symbol first', 'SPY,2024-01-02 09:30,5,6,4,5,10', { symbol: 0, time: 1, open: 2, volume: 6 }],
  ])('are known by what stands in them where there is no header: %s', (_, row, columns) => {
    expect(find(row)).toMatchObject({ kind: 'found', header: false, columns })
  })

  it('are not guessed when the rows speak against it', () => {
    expect(find('2024-01-02 09:30,4,5,6,5,10', '2024-01-02 09:31,4,5,6,5,10')).toMatchObject({ kind: 'not-found' })
    expect(find('a,b,c,d,e', '2024-01-02 09:30,5,6,4,5')).toMatchObject({ kind: 'not-found' })
    expect(find('time,open,close', '2024-01-02 09:30,5,6')).toEqual({
      kind: 'not-found',
      why: 'has no column for high, low (its first line is: time open close)',
    })
    expect(find('price,open,high,low,close', '1,5,6,4,5')).toMatchObject({ kind: 'not-found' })
  })

  it('have names without regard to case, blanks and ordinals', () => {
    expect(['Open', '<OPEN>', ' 1. open ', 'OPEN'].map(columnKey)).toEqual(['open', 'open', 'open', 'open'])
    expect(columnKey('Open Price')).toBe('openprice')
    expect(columnKey('2.1. Name')).toBe('name')
  })
})
